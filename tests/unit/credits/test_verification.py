"""Checking a certificate by its code: what strangers learn, and what they do not."""

import pytest

from services.credits.domain.attestations import written
from services.credits.domain.review import Standing
from tests.unit.credits.documents_world import NAME, Desk
from tests.unit.credits.world import LEARNER

PATH = "/v1/credits/verification"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_strangers_learn_what_it_is_for_and_that_it_holds(desk: Desk) -> None:
    code = desk.issue(desk.award(hours="1.50")).attestation.code
    answer = desk.get(f"{PATH}/{code}")
    assert answer.body == {
        "code": written(code),
        "standing": "stands",
        "issuer": "学时 Xueshi",
        "issued_on": "2026-01-05",
        "holder": "张**",
        "title": "资产配置",
        "title_en": "Asset allocation",
        "completed_on": "2026-01-05",
        "hours": "1.5",
        "category": "elective",
        "credential": "AFP",
        "period": {"start": "2025-01-01", "end": "2026-12-31"},
    }
    assert NAME not in str(answer.body)
    assert LEARNER not in str(answer.body)
    for typed in (written(code), code.lower(), written(code).replace("0", "o")):
        assert desk.get(f"{PATH}/{typed}").body == answer.body


def test_a_reviewers_decisions_are_seen_at_once(desk: Desk) -> None:
    award = desk.award()
    code = desk.issue(award).attestation.code
    for standing in (Standing.UNDER_REVIEW, Standing.STANDS, Standing.VOID):
        desk.review(award, standing)
        assert desk.get(f"{PATH}/{code}").body["standing"] == standing


@pytest.mark.parametrize("code", ["0" * 28, "0", "UUUU", "-", "x" * 64])
def test_every_wrong_code_gets_the_same_answer(desk: Desk, code: str) -> None:
    desk.issue(desk.award())
    answer = desk.get(f"{PATH}/{code}")
    assert answer.code == "ATTESTATION_NOT_FOUND"
    assert answer.body == desk.get(f"{PATH}/{'Z' * 28}").body
    assert desk.post(f"{PATH}/{code}/name-check", {"name": NAME}).body == answer.body


def test_who_holds_the_document_can_compare_its_name(desk: Desk) -> None:
    code = desk.issue(desk.award()).attestation.code
    state = desk.world.state()
    for name, matches in ((NAME, True), (" 张 喆堃", True), ("张喆", False), ("张**", False)):
        assert desk.post(f"{PATH}/{code}/name-check", {"name": name}).body == {"matches": matches}
    assert desk.world.state() == state


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": " "}, {"name": "x" * 101}, {"name": 1}, {"n": "x"}, []])
def test_malformed_name_checks(desk: Desk, body: object) -> None:
    code = desk.issue(desk.award()).attestation.code
    assert desk.post(f"{PATH}/{code}/name-check", body).code == "INVALID_REQUEST"
