"""Hours that an administrator enters: they count at once, say who and why, are told, declared and taken back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from services.credits.app.accounts.read_account import read_account
from services.credits.app.declarations.declare_hours import declare_hours
from services.credits.app.erasure.erase_person import erase_person
from services.credits.app.transcripts.transcript_csv import transcript_csv
from services.credits.domain.attestations import award_of
from services.credits.domain.credentials import Category
from services.credits.domain.ids import LearnerId
from services.credits.domain.review import Standing
from services.credits.handlers.http import build_api
from services.kit.audit import AuditRecord
from services.kit.call import Call
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from tests.gateway import claims, origin_secret, request, send
from tests.unit.credits.world import (
    ADMINISTRATOR,
    AFP,
    CFP,
    LEARNER,
    Crash,
    World,
    completed,
    membership,
    own_call,
)

PATH = f"/v1/credits/learners/{LEARNER}/grants"
BODY = {
    "credential": "AFP",
    "hours": "1.50",
    "category": "compulsory",
    "title": "线下研讨会",
    "earned_on": "2026-01-04",
    "reason": "签到表已核对",
}


@pytest.fixture
def w() -> World:
    """A learner with a confirmed AFP certificate."""
    world = World()
    world.certify(AFP)
    return world


def code_of(call: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.type.code


def earned(w: World) -> Decimal:
    """In the period that runs."""
    return read_account(w.ctx, LEARNER).certificates[0].current.earned


def test_a_grant_counts_at_once_in_the_period_and_year_of_its_day(w: World) -> None:
    entry = w.grant("3", earned_on=date(2025, 12, 31), category=Category.COMPULSORY)
    current = read_account(w.ctx, LEARNER).certificates[0].current
    assert (current.earned, current.compulsory) == (Decimal(3), Decimal(3))
    assert [year.earned for year in current.years] == [Decimal(3), Decimal(0)]
    assert entry.period
    assert (entry.period.start, entry.note, entry.actor) == (date(2025, 1, 1), "签到表已核对", ADMINISTRATOR.id)
    assert w.verdict().faults == []


def test_it_is_in_the_audit_log_and_is_told(w: World) -> None:
    entry = w.grant()
    (audit,) = [
        item.value for item in w.store.query("AUDIT#2026-01", "", AuditRecord) if item.value.action == "grant_hours"
    ]
    assert (audit.actor, audit.subject, audit.reason) == (ADMINISTRATOR.id, f"{LEARNER}/{entry.number}", "签到表已核对")
    (told,) = w.sent("credits.hours_granted.v1")
    assert (told.subject, told.data["hours"], told.data["earned_on"]) == (entry.entry_id, "3", "2026-01-05")
    assert ADMINISTRATOR.id not in told.model_dump_json()


def test_the_same_request_again_answers_the_same_entry(w: World) -> None:
    first = w.grant(key="once")
    before = w.state()
    assert w.grant(key="once") == first
    assert w.state() == before
    assert code_of(lambda: w.grant("4", key="once")) == "IDEMPOTENCY_KEY_REUSED"
    w.grant(key="twice")
    assert earned(w) == 6


@pytest.mark.parametrize("crash", ["before", "after"])
def test_a_crash_enters_it_once(w: World, crash: str) -> None:
    w.store.crash = crash
    with pytest.raises(Crash):
        w.grant(key="once")
    w.grant(key="once")
    assert earned(w) == 3


def test_refusals_change_nothing(w: World) -> None:
    w.register(CFP)
    before = w.state()
    learner_too = Principal(LEARNER, frozenset({Role.ADMINISTRATOR}))
    assert code_of(lambda: w.grant(credential=CFP)) == "GRANT_NOT_CONFIRMED"
    assert code_of(lambda: w.grant(learner=LearnerId("nobody"))) == "GRANT_NOT_CONFIRMED"
    assert code_of(lambda: w.grant(earned_on=date(2026, 1, 6))) == "GRANT_OUTSIDE_PERIODS"
    assert code_of(lambda: w.grant(earned_on=date(2024, 12, 31))) == "GRANT_OUTSIDE_PERIODS"
    assert code_of(lambda: w.grant(by=learner_too)) == "OWN_AWARD"
    assert w.state() == before


def test_it_is_held_stands_again_and_is_taken_back_like_an_award(w: World) -> None:
    number = w.grant().number
    w.review(number, Standing.UNDER_REVIEW)
    assert earned(w) == 0
    w.review(number, Standing.STANDS)
    assert earned(w) == 3
    w.review(number, Standing.VOID, reason="签到表有误")
    assert earned(w) == 0
    assert w.outline()[-1] == "reversal AFP 3 REVIEW_VOIDED"
    (told,) = w.sent("credits.hours_reversed.v1")
    assert (told.data["watch_id"], told.data["award_entry_id"]) == ("", w.entries()[number - 1].entry_id)
    (gone,) = read_account(w.ctx, LEARNER).certificates[0].current.not_counted
    assert gone.note == "签到表有误"


def test_it_charges_no_quota_and_marks_no_lecture(w: World) -> None:
    w.deliver(membership(quota="1.5"))
    w.publish()
    w.grant("30")
    w.deliver(completed(period="m1"))
    assert w.outline()[:2] == ["grant AFP 30 ADMINISTRATIVE_GRANT", "award AFP 1.5 COMPLETED"]


def test_it_is_in_the_transcript_and_can_be_declared_but_not_certified_as_watched(w: World) -> None:
    entry = w.grant()
    text = transcript_csv(w.store, LEARNER).decode("utf-8-sig")
    assert "线下研讨会" in text
    assert "grant,AFP,2025-01-01,2026-12-31,3,3,elective,2026-01-05" in text
    (declared,) = declare_hours(w.ctx, own_call(LEARNER), AFP, date(2025, 1, 1))
    assert declared.declaration.hours == 3
    assert award_of(w.entries(), entry.entry_id) is None


def test_over_http(w: World) -> None:
    api = build_api(w.ctx, origin_secret)
    who = claims(ADMINISTRATOR.id, "administrator")
    answer = send(api, request("POST", PATH, BODY, who=who, idempotency_key="grant-request-0001"))
    assert answer.status == 201, answer.body
    assert answer.body["kind"] == "grant"
    assert (answer.body["hours"], answer.body["watch_id"], answer.body["note"]) == ("1.5", "", "签到表已核对")
    timeline = send(api, request("GET", "/v1/credits/timeline", who=claims(LEARNER, "learner"))).body["entries"]
    assert timeline == [answer.body]
    for role in ("learner", "reviewer", "auditor"):
        refused = send(
            api, request("POST", PATH, BODY, who=claims("somebody", role), idempotency_key="grant-request-0002")
        )
        assert refused.status == 403, role


@pytest.mark.parametrize("hours", ["0", "0.00", "-1", "100", "1.505", "1e1", "NaN", "", 3, None, "１"])
def test_hours_that_are_none_are_refused(w: World, hours: object) -> None:
    api, before = build_api(w.ctx, origin_secret), w.state()
    who = claims(ADMINISTRATOR.id, "administrator")
    answer = send(api, request("POST", PATH, {**BODY, "hours": hours}, who=who, idempotency_key="grant-request-0001"))
    assert answer.status == 400
    assert w.state() == before


def test_an_erased_person_is_granted_nothing(w: World) -> None:
    erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    before = w.state()
    assert code_of(w.grant) == "PERSON_ERASED"
    assert w.state() == before
