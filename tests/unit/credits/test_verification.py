"""Checking a certificate by its code: what strangers learn, and what they do not."""

import pytest

from services.credits.app.attestations.read_attestations import find_attestation
from services.credits.domain.attestations import written
from services.credits.domain.review import Standing
from services.credits.domain.statements import statement_text
from services.kit.heads import digest_of
from services.kit.tlog.merkle import inclusion_proof
from services.kit.tlog.proofs import Proof
from tests.unit.credits.documents_world import NAME, Desk
from tests.unit.credits.world import LEARNER
from tests.unit.kit.tlog_world import A_POLICY, WITNESSES, Tree
from tests.verifying import problems_of_statement

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
        "statement": statement_of(desk, code),
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


def statement_of(desk: Desk, code: str) -> str:
    """What a certificate states."""
    view = find_attestation(desk.world.store, code)
    assert view
    return statement_text(view.attestation, view.award)


def proof_of(statement: str) -> str:
    """The proof of a log that has it, with something before it."""
    tree = Tree()
    tree.add([b"before", bytes.fromhex(digest_of(statement.encode()))])
    return str(Proof(1, tuple(inclusion_proof(1, 2, tree.read())), tree.note(cosigned_by=WITNESSES)))


def test_what_a_certificate_states_is_told_of_once_for_the_log_and_names_nobody() -> None:
    desk = Desk()
    award = desk.award()
    code = desk.issue(award).attestation.code
    desk.issue(award)
    statement = desk.get(f"{PATH}/{code}").body["statement"]
    (told,) = desk.world.sent("credits.record_sealed.v1")
    assert told.data == {"digest": digest_of(statement.encode())}
    assert not [text for text in (NAME, LEARNER) if text in statement]
    desk.review(award, Standing.UNDER_REVIEW)
    desk.name(None)
    assert desk.get(f"{PATH}/{code}").body["statement"] == statement, "whatever becomes of it"


def test_a_certificate_is_checked_offline_by_its_statement_and_proof() -> None:
    desk = Desk()
    statement = statement_of(desk, desk.issue(desk.award()).attestation.code)
    assert problems_of_statement(statement, proof_of(statement), A_POLICY) == []
    more = statement.replace('"hours":"1.5"', '"hours":"9.5"')
    assert problems_of_statement(more, proof_of(statement), A_POLICY) == ["not_included"]
    seen = Tree()
    seen.add([b"before"])
    older = [str(seen.note(cosigned_by=WITNESSES))]
    assert problems_of_statement(statement, proof_of(statement), A_POLICY, older) == ["backdated"]
