"""The transcript as PDF: whole, adding up, with rare characters, and in the audit log where staff read it."""

from datetime import date

import pytest

from services.credits.app.transcripts.transcript_pdf import KINDS
from services.credits.domain.ledger import Kind
from services.credits.domain.review import Standing
from tests.gateway import claims
from tests.unit.credits.documents_world import LEARNING, NAME, Desk
from tests.unit.credits.pdf import text_of
from tests.unit.credits.world import AFP, CTP, LEARNER, OTHER, completed

OWN = "/v1/credits/transcript.pdf"
STAFF = f"/v1/credits/learners/{LEARNER}/transcript.pdf"


@pytest.fixture
def desk() -> Desk:
    """Two awards of which one is taken back, and one that counts already."""
    made = Desk()
    made.award("w1", "c1", hours="1.50")
    made.review(made.award("w2", "c2", hours="2"), Standing.VOID)
    made.world.deliver(completed("again", "c1"))
    return made


def test_every_entry_is_there_and_what_counts_is_summed_up(desk: Desk) -> None:
    answer = desk.get(OWN, LEARNING)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    text = text_of(answer.body)
    assert NAME in text
    assert "AFP2025年1月1日至2026年12月31日1.5/300/228.5；必修2" in text
    for entry in desk.world.entries():
        assert f"{entry.number}2026-01-05资产配置（选修）" in text
    assert "冲回" in text
    assert "未计" in text


def test_hours_that_an_administrator_entered_are_in_the_sums(desk: Desk) -> None:
    desk.world.grant("3")
    text = text_of(desk.get(OWN, LEARNING).body)
    assert "线下研讨会（选修）" in text
    assert "录入entered33" in text
    assert "AFP2025年1月1日至2026年12月31日4.5/300/225.5；必修2" in text


def test_minima_of_each_year_are_there_with_what_is_missing(desk: Desk) -> None:
    text = text_of(desk.get(OWN, LEARNING).body)
    assert "其中2025年1月1日至2025年12月31日0/5—5" in text
    assert "其中2026年1月1日至2026年12月31日1.5/5—3.5" in text


def test_a_period_in_which_nothing_counts_is_there_too() -> None:
    desk = Desk()
    desk.world.register(AFP, start=date(2022, 6, 1))
    text = text_of(desk.get(OWN, LEARNING).body)
    assert "AFP（待确认notconfirmed）2022年6月1日至2024年5月31日0/300/230；必修2" in text
    assert "2024年6月1日至2026年5月31日" in text


def test_a_period_whose_figures_are_not_known_says_so() -> None:
    desk = Desk()
    desk.world.register(CTP)
    assert "2025年1月1日起0/未知unknown0/未知unknown未知unknown" in text_of(desk.get(OWN, LEARNING).body)


def test_a_reviewers_words_stand_beside_the_entry(desk: Desk) -> None:
    text = text_of(desk.get(OWN, LEARNING).body)
    assert "备注：lookedinto" in text


def test_words_with_characters_that_no_font_has_are_drawn_with_a_note(desk: Desk) -> None:
    desk.world.review(1, Standing.UNDER_REVIEW, reason="看过 🦄")
    assert "备注：看过〓" in text_of(desk.get(OWN, LEARNING).body)


def test_every_kind_of_entry_has_a_word() -> None:
    assert KINDS.keys() == set(Kind)


def test_many_entries_go_on_over_pages(desk: Desk) -> None:
    for number in range(60):
        desk.award(f"more-{number}", f"more-{number}")
    text = text_of(desk.get(OWN, LEARNING).body)
    assert "3/3" in text or "4/4" in text
    assert f"{len(desk.world.entries())}2026-01-05" in text


def test_a_ledger_without_entries_is_a_transcript_too() -> None:
    desk = Desk()
    assert "尚无记录" in text_of(desk.get(OWN, LEARNING).body)


def test_a_learner_reads_only_their_own(desk: Desk) -> None:
    text = text_of(desk.get(OWN, claims(OTHER, "learner")).body)
    assert NAME not in text
    assert "资产配置" not in text


def test_a_title_with_characters_that_no_font_has_is_drawn_with_a_note(desk: Desk) -> None:
    desk.award("w9", "c9", title="🎓 资产配置 🦄")
    text = text_of(desk.get(OWN, LEARNING).body)
    assert "〓资产配置〓" in text
    assert "代替字库中没有的字符" in text


def test_a_name_that_cannot_be_printed_is_refused_and_not_changed(desk: Desk) -> None:
    desk.name("张🦄")
    answer = desk.get(OWN, LEARNING)
    assert (answer.code, answer.body["characters"]) == ("NOT_PRINTABLE", "🦄")


@pytest.mark.parametrize("role", ["auditor", "records", "administrator"])
def test_staff_read_it_without_the_name_and_with_a_reason_that_is_kept(desk: Desk, role: str) -> None:
    answer = desk.post(STAFF, {"reason": "complaint 12"}, claims("staff-1", role))
    text = text_of(answer.body)
    assert NAME not in text
    assert LEARNER in text
    audit = [text for key, (_, text) in desk.world.store.items.items() if key.pk.startswith("AUDIT#")]
    assert any(all(part in text for part in ("read_transcript", LEARNER, "complaint 12", "staff-1")) for text in audit)


@pytest.mark.parametrize("body", [None, {}, {"reason": " "}, {"reason": "x" * 501}])
def test_without_a_reason_nothing_is_read(desk: Desk, body: object) -> None:
    before = desk.world.state()
    assert desk.post(STAFF, body, claims("staff-1", "auditor")).code == "INVALID_REQUEST"
    assert desk.world.state() == before


@pytest.mark.parametrize("role", ["learner", "finance", "reviewer"])
def test_wrong_roles(desk: Desk, role: str) -> None:
    before = desk.world.state()
    assert desk.post(STAFF, {"reason": "x"}, claims(LEARNER, role)).code == "WRONG_ROLE"
    assert desk.world.state() == before
