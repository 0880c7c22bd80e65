"""A copy of what is held of a person: who gets whose, and what is left out of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.kit.audit import AuditLog, AuditRecord
from services.kit.http import HttpApi
from services.kit.personal_data import Section, section
from services.kit.personal_data_routes import Copies, add_personal_data_routes
from tests.fakes.clock import ManualClock
from tests.fakes.ids import SequentialIds
from tests.fakes.store import MemoryStore
from tests.gateway import NOBODY, claims, origin_secret, request, send

OWN, PATH = "/v1/test/personal-data", "/v1/test/learners/learner-1/personal-data"
REASON = {"reason": "asked by letter"}


def collect(learner_id: str) -> list[Section]:
    facts = {"who": learner_id, "at": "noon", "mac": "x", "inner": [{"by": "admin-1", "kept": True}]}
    return [section("facts", "事实", "Facts", [facts])]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def api(store: MemoryStore) -> HttpApi:
    made = HttpApi("Test", [], origin_secret)
    add_personal_data_routes(
        made, "test", Copies(store, AuditLog(ManualClock(datetime(2026, 1, 5, tzinfo=UTC)), SequentialIds()), collect)
    )
    return made


def records(store: MemoryStore) -> list[Any]:
    return [key for key, label in store.labels.items() if label.kind == AuditRecord.__name__]


def test_a_learner_gets_their_own_without_what_is_about_others_or_only_proves(api: HttpApi, store: MemoryStore) -> None:
    answer = send(api, request("GET", OWN, who=claims("learner-1")))
    assert answer.body == {
        "learner_id": "learner-1",
        "sections": [
            {
                "name": "facts",
                "title": "事实",
                "title_en": "Facts",
                "items": [{"who": "learner-1", "at": "noon", "inner": [{"kept": True}]}],
            }
        ],
    }
    assert records(store) == []


def test_an_administrator_gives_out_anothers_and_it_is_in_the_audit_log(api: HttpApi, store: MemoryStore) -> None:
    answer = send(api, request("POST", PATH, REASON, who=claims("admin-1", "administrator")))
    assert (answer.status, answer.body["learner_id"]) == (200, "learner-1")
    assert len(records(store)) == 1


@pytest.mark.parametrize("who", [claims("learner-1"), claims("learner-2"), claims("editor-1", "editor")])
def test_nobody_else_gets_anothers(api: HttpApi, store: MemoryStore, who: dict[str, str]) -> None:
    assert send(api, request("POST", PATH, REASON, who=who)).status == 403
    assert records(store) == []


@pytest.mark.parametrize(("method", "path"), [("GET", OWN), ("POST", PATH)])
def test_without_signing_in_nobody_gets_anything(api: HttpApi, method: str, path: str) -> None:
    assert send(api, request(method, path, REASON if method == "POST" else None, who=NOBODY)).status == 401


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": "x", "more": 1}])
def test_without_a_reason_nothing_is_given_out(api: HttpApi, store: MemoryStore, body: dict[str, Any]) -> None:
    assert send(api, request("POST", PATH, body, who=claims("admin-1", "administrator"))).status == 400
    assert records(store) == []
