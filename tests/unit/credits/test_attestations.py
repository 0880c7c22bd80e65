"""Certificates of completion: one per award, unguessable, with the name as it was, and only of what still holds."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from services.credits.adapters.codes import RandomCodes
from services.credits.adapters.typesetter import Typesetter
from services.credits.app.attestations.issue_attestation import draw_attestation, issue_attestation
from services.credits.app.attestations.items import PrintedName, printed_name_key
from services.credits.app.attestations.read_attestations import list_attestations
from services.credits.app.certificates.items import holder_key
from services.credits.app.profiles.items import person_pk, profile_key, real_name
from services.credits.domain.attestations import (
    CODE_LENGTH,
    STATUS_LIST_LENGTH,
    read,
    written,
)
from services.credits.domain.ledger import Kind
from services.credits.domain.names import masked, same_name
from services.credits.domain.review import Standing
from services.kit.problems import Problem
from services.kit.read_codes import ALPHABET
from services.kit.store import Change, Put
from tests.unit.credits.documents_world import LEARNING, NAME, URL, Desk
from tests.unit.credits.pdf import qr_codes_of, text_of
from tests.unit.credits.world import AFP, LEARNER, OTHER, Crash, own_call

ATTESTATIONS = "/v1/credits/attestations"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def pdf(desk: Desk, entry_id: str) -> bytes:
    """As the learner downloads it."""
    answer = desk.get(f"{ATTESTATIONS}/{entry_id}/pdf", LEARNING)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    document: bytes = answer.body
    return document


def refusal(desk: Desk, entry_id: str) -> str:
    """Of an attempt to issue, which must change nothing."""
    before = desk.world.state()
    answer = desk.post(ATTESTATIONS, {"entry_id": entry_id}, LEARNING)
    assert desk.world.state() == before
    return answer.code


def test_issued_listed_drawn_and_verified(desk: Desk) -> None:
    award = desk.award(hours="1.50")
    issued = desk.post(ATTESTATIONS, {"entry_id": award.entry_id}, LEARNING)
    assert issued.status == 201
    code = issued.body["code"]
    assert issued.body == {
        "entry_id": award.entry_id,
        "code": code,
        "verification_url": f"{URL}/verify/{read(code)}",
        "issued_at": "2026-01-05T04:00:00Z",
        "standing": "stands",
        "title": "资产配置",
        "title_en": "Asset allocation",
        "hours": "1.5",
        "credential": "AFP",
    }
    assert desk.get(ATTESTATIONS, LEARNING).body == {"attestations": [issued.body], "after": None}
    document = pdf(desk, award.entry_id)
    assert qr_codes_of(document) == [issued.body["verification_url"]]
    for said in (NAME, "资产配置", "AFP", "1.5学时（选修）", "2026年1月5日", "2025年1月1日至2026年12月31日", code):
        assert said in text_of(document)


def test_certificates_are_listed_a_page_at_a_time(desk: Desk) -> None:
    for number in range(3):
        desk.world.clock.advance(1_000)
        desk.issue(desk.award(f"watch-{number}", f"course-{number}"))
    whole = desk.get(ATTESTATIONS, LEARNING).body["attestations"]
    first = desk.get(f"{ATTESTATIONS}?limit=2", LEARNING).body
    second = desk.get(f"{ATTESTATIONS}?limit=2&after={first['after']}", LEARNING).body
    assert (len(whole), second["after"]) == (3, None)
    assert first["attestations"] + second["attestations"] == whole


def test_an_award_has_one_certificate_however_often_and_by_whomever_at_once_it_is_asked_for(desk: Desk) -> None:
    award = desk.award()
    first = desk.issue(award)
    state = desk.world.state()
    assert desk.issue(award) == first
    assert desk.world.state() == state
    assert len(list_attestations(desk.world.store, LEARNER)) == 1


def test_two_requests_at_once_issue_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    award = desk.award()
    commit = desk.world.store.commit
    others: list[Any] = []

    def overtaken(change: Change) -> None:
        if not others:
            others.append(None)
            others[0] = desk.issue(award)
        commit(change)

    monkeypatch.setattr(desk.world.store, "commit", overtaken)
    assert desk.issue(award) == others[0]
    assert len(list_attestations(desk.world.store, LEARNER)) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_around_the_commit_issues_one_all_the_same(desk: Desk, moment: str) -> None:
    award = desk.award()
    desk.world.store.crash = moment
    with pytest.raises(Crash):
        desk.issue(award)
    issued = desk.issue(award)
    assert [found.attestation for found in list_attestations(desk.world.store, LEARNER)] == [issued.attestation]


def test_an_award_reversed_while_its_certificate_is_made_gets_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    award = desk.award()
    commit = desk.world.store.commit

    def overtaken(change: Change) -> None:
        monkeypatch.setattr(desk.world.store, "commit", commit)
        desk.review(award, Standing.VOID)
        commit(change)

    monkeypatch.setattr(desk.world.store, "commit", overtaken)
    with pytest.raises(Problem) as refused:
        desk.issue(award)
    assert refused.value.type.code == "AWARD_REVOKED"
    assert list_attestations(desk.world.store, LEARNER) == []


def test_only_ones_own_awards_are_certified(desk: Desk) -> None:
    award = desk.award(eligible=["AFP", "CFP"])
    (held,) = (entry for entry in desk.world.entries() if entry.kind is Kind.HOLD)
    for no_award in ("f" * 32, held.entry_id):
        assert refusal(desk, no_award) == "NOT_AN_AWARD"
    with pytest.raises(Problem) as refused:
        issue_attestation(desk.ctx, own_call(OTHER), award.entry_id)
    assert refused.value.type.code == "NOT_AN_AWARD"


@pytest.mark.parametrize(
    ("standing", "code"), [(Standing.VOID, "AWARD_REVOKED"), (Standing.UNDER_REVIEW, "AWARD_UNDER_REVIEW")]
)
def test_what_does_not_stand_is_certified_no_more(desk: Desk, standing: Standing, code: str) -> None:
    certified, other = desk.award(), desk.award("watch-2", "other")
    desk.issue(certified)
    for award in (certified, other):
        desk.review(award, standing)
    assert refusal(desk, other.entry_id) == code
    assert desk.get(f"{ATTESTATIONS}/{certified.entry_id}/pdf", LEARNING).code == code
    (shown,) = desk.get(ATTESTATIONS, LEARNING).body["attestations"]
    assert shown["standing"] == standing


def test_after_a_review_that_clears_it_the_certificate_is_back(desk: Desk) -> None:
    award = desk.award()
    issued = desk.issue(award)
    before = pdf(desk, award.entry_id)
    desk.review(award, Standing.UNDER_REVIEW)
    desk.review(award, Standing.STANDS)
    assert desk.issue(award) == issued
    assert pdf(desk, award.entry_id) == before


def test_without_a_real_name_nothing_is_issued(desk: Desk) -> None:
    award = desk.award()
    desk.name(None)
    assert refusal(desk, award.entry_id) == "REAL_NAME_MISSING"
    desk.name(NAME)
    assert desk.issue(award)


def test_the_name_stays_as_it_was_when_issued(desk: Desk) -> None:
    award = desk.award()
    desk.issue(award)
    before = pdf(desk, award.entry_id)
    desk.name("张改名")
    assert pdf(desk, award.entry_id) == before
    assert NAME in text_of(before)


@pytest.mark.parametrize("name", ["喆堃镕", "㛃", "䶮䶮", "𬱖𬭎", "欧阳·阿卜杜拉", "Zoë O’Brien"])
def test_rare_names_are_printed_and_can_be_copied(desk: Desk, name: str) -> None:
    award = desk.award()
    desk.name(name)
    desk.issue(award)
    assert "".join(name.split()) in text_of(pdf(desk, award.entry_id))


@pytest.mark.parametrize(("name", "missing"), [("张𮧵", "𮧵"), ("张😀", "😀"), ("안녕", "안")])
def test_what_cannot_be_printed_is_named_before_anything_is_issued(desk: Desk, name: str, missing: str) -> None:
    award = desk.award()
    desk.name(name)
    before = desk.world.state()
    answer = desk.post(ATTESTATIONS, {"entry_id": award.entry_id}, LEARNING)
    assert answer.code == "NOT_PRINTABLE"
    assert missing in answer.body["characters"]
    assert desk.world.state() == before


def test_the_same_bytes_each_time_and_from_each_function(desk: Desk) -> None:
    award = desk.award()
    desk.issue(award)
    before = pdf(desk, award.entry_id)
    desk.world.clock.advance(86_400_000)
    assert draw_attestation(replace(desk.ctx, draw=Typesetter().draw), LEARNER, award.entry_id) == before


def test_it_is_made_to_be_kept_and_read_aloud(desk: Desk) -> None:
    award = desk.award()
    desk.issue(award)
    document = pdf(desk, award.entry_id)
    for mark in (b"<pdfaid:part>2<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<"):
        assert mark in document


def test_everything_personal_lies_in_the_persons_partition(desk: Desk) -> None:
    award = desk.award()
    issued = desk.issue(award)
    stored = {key: text for key, (_version, text) in desk.world.store.items.items() if NAME in text}
    key = printed_name_key(LEARNER, award.entry_id)
    assert stored.keys() == {profile_key(LEARNER), holder_key(LEARNER, AFP), key}
    assert {key.pk for key in stored} == {person_pk(LEARNER)}
    desk.world.store.commit(Change([Put(key, PrintedName(None), after=1)]))
    assert desk.get(f"{ATTESTATIONS}/{award.entry_id}/pdf", LEARNING).code == "NAME_ERASED"
    assert desk.get(f"{ATTESTATIONS}/{award.entry_id}/credential", LEARNING).code == "NAME_ERASED"
    verified = desk.get(f"/v1/credits/verification/{issued.attestation.code}").body
    assert (verified["standing"], verified["holder"]) == ("stands", None)


def test_the_name_is_that_of_the_profile(desk: Desk) -> None:
    assert real_name(desk.world.store, OTHER) is None
    desk.world.name(OTHER, real_name="李四")
    assert real_name(desk.world.store, OTHER) == "李四"


def test_codes_have_140_random_bits_and_survive_being_typed() -> None:
    codes = RandomCodes()
    made = {codes.new() for _ in range(500)}
    assert len(made) == 500
    assert {len(code) for code in made} == {CODE_LENGTH}
    assert CODE_LENGTH * 5 >= 128
    seen = Counter("".join(made))
    assert set(seen) == set(ALPHABET)
    assert max(seen.values()) < 2 * min(seen.values())
    assert all(0 <= codes.place() < STATUS_LIST_LENGTH for _ in range(100))
    code = made.pop()
    assert read(written(code)) == read(code.lower()) == read(f" {code} ") == code
    assert read("O" * 14 + "iL" * 7) == "0" * 14 + "1" * 14
    assert read("\uff10" * 14 + "\u2014" + "\uff29l" * 7) == "0" * 14 + "1" * 14
    for wrong in ("", code[:-1], code + "0", "U" * CODE_LENGTH, "张" * CODE_LENGTH):
        assert read(wrong) is None


def test_masking_and_comparing_names() -> None:
    assert masked("张喆堃") == "张**"
    assert masked("欧阳震华") == "欧***"
    assert masked("Mary Ann Lee") == "M*** *** ***"
    assert masked("A B") == "A *"
    assert masked("尼·阿") == "尼**"
    assert same_name("张 喆堃", "张喆堃")
    assert same_name("ＭARY  lee", "Mary Lee")
    assert same_name("阿卜杜拉.买买提", "阿卜杜拉·买买提")
    assert same_name("\u2ee2\u2f42", "马文")
    assert not same_name("张喆", "张喆堃")
