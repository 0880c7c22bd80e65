"""Completed watches: exactly one explained outcome per credential, whatever is delivered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from services.credits.app.awarding.award_hours import CourseVersionUnknown, WatchOfAnotherLearner
from services.credits.domain.balances import open_holds
from services.credits.domain.ledger import Kind
from services.kit.events import Envelope
from services.kit.store import Change, Conflict, Put
from tests.emitted import emitted
from tests.unit.credits.world import (
    AFP,
    BEIJING,
    CFP,
    CTP,
    LEARNER,
    OTHER,
    Crash,
    World,
    completed,
    published,
)


def world(**course: Any) -> World:
    made = World()
    made.deliver(published(**course))
    return made


def spied(w: World) -> list[Change]:
    """The changes that are committed from now on."""
    changes: list[Change] = []
    commit = w.store.commit

    def spy(change: Change) -> None:
        changes.append(change)
        commit(change)

    w.store.commit = spy  # type: ignore[method-assign]
    return changes


def test_a_watch_tells_its_outcome_and_how_late_it_was_once(capsys: pytest.CaptureFixture[str]) -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    late = w.clock.now() - timedelta(seconds=30)
    capsys.readouterr()
    for _ in range(2):
        w.deliver(completed(at=late))
    assert emitted(capsys) == {"WatchOutcomes": [1], "AwardLag": [30_000]}


def test_a_completed_watch_is_awarded_to_the_certificate() -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    w.deliver(completed())
    assert w.outline() == ["award AFP 1.5 COMPLETED"]
    (event,) = w.sent("credits.hours_awarded.v1")
    entry = w.entries()[0]
    assert event.subject == entry.entry_id
    assert event.causation_id == "e-watch-1"
    assert event.correlation_id == "request-1"
    assert event.data == {
        "entry_id": entry.entry_id,
        "learner_id": LEARNER,
        "credential": "AFP",
        "hours": "1.5",
        "category": "elective",
        "period_start": "2025-01-01",
        "period_end": "2026-12-31",
        "watch_id": "watch-1",
        "course_id": "course",
        "awarded_at": "2026-01-05T04:00:00Z",
    }


def test_each_certificate_gets_the_hours_and_what_it_does_not_get_is_explained() -> None:
    w = world(eligible=["AFP", "CFP", "EFP"])
    w.certify(AFP, CTP)
    w.register(CFP)
    w.deliver(completed())
    assert w.outline() == [
        "award AFP 1.5 COMPLETED",
        "hold CFP 1.5 CERTIFICATE_NOT_CONFIRMED",
        "hold EFP 1.5 NO_CERTIFICATE",
        "declined CTP 0 CREDENTIAL_NOT_ELIGIBLE",
    ]


def test_a_course_that_serves_no_certificate_is_explained_too() -> None:
    w = world(eligible=[])
    w.deliver(completed())
    assert w.outline() == ["declined - 0 NO_ELIGIBLE_CREDENTIAL"]


def test_duplicate_event() -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    for _ in range(3):
        w.deliver(completed())
    assert len(w.entries()) == 1
    assert len(w.sent("credits.hours_awarded.v1")) == 1


def test_replayed_event_with_another_id_after_its_inbox_marker_has_expired() -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    w.deliver(completed())
    w.store.items = {key: item for key, item in w.store.items.items() if not key.pk.startswith("INBOX#")}
    w.deliver(completed())
    w.deliver(completed(id_="another"))
    assert len(w.entries()) == 1


def test_no_mark_that_prevents_a_second_award_ever_expires() -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    changes = spied(w)
    w.deliver(completed())
    expiring = [write for change in changes for write in change.writes if isinstance(write, Put) and write.expires_at]
    assert [write.key.pk for write in expiring] == ["INBOX#e-watch-1"]


def test_concurrent_events() -> None:
    w = world(eligible=["AFP", "CFP"])
    w.certify(AFP, CFP)
    for content in range(4):
        w.publish(f"c{content}", content=f"lecture-{content}")
    watches = [completed(f"w{i}", f"c{i % 4}", id_=f"e{i}-{copy}") for i in range(8) for copy in range(3)]

    def deliver_until_done(event: Envelope) -> None:
        while True:
            try:
                w.deliver(event)
            except Conflict:
                continue
            return

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(deliver_until_done, watches))
    awards = [(e.credential, e.completion.content_id) for e in w.entries() if e.kind is Kind.AWARD]
    assert len(awards) == len(set(awards)) == 8
    assert {e.completion.watch_id for e in w.entries()} == {f"w{i}" for i in range(8)}
    assert w.verdict().faults == []


def test_confirmation_racing_with_completions_leaves_nothing_held() -> None:
    w = world(eligible=["AFP"])
    w.name()
    for content in range(12):
        w.publish(f"c{content}", content=f"lecture-{content}", eligible=["AFP"])
    w.register(AFP)

    def deliver(number: int) -> None:
        while True:
            try:
                if number == 6:
                    w.confirm(AFP)
                else:
                    w.deliver(completed(f"w{number}", f"c{number}"))
            except Conflict:
                continue
            return

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(deliver, range(12)))
    for told in w.sent("credits.certificate_confirmed.v1"):
        w.deliver(told)
    assert open_holds(w.entries()) == []
    assert sum(e.kind is Kind.AWARD for e in w.entries()) == 11
    assert w.verdict().faults == []


def test_forged_hours_in_the_event_are_not_read() -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    forged: dict[str, Any] = {
        "hours": "99",
        "category": "compulsory",
        "eligible_credentials": ["CTP"],
        "credential": "CTP",
    }
    w.deliver(completed(**forged))
    assert w.outline() == ["award AFP 1.5 COMPLETED"]
    assert w.entries()[0].completion.category == "elective"


def test_a_watch_in_one_ledger_cannot_be_reported_for_another_learner() -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    w.certify(AFP, learner=OTHER)
    w.deliver(completed())
    before = w.state()
    with pytest.raises(WatchOfAnotherLearner):
        w.deliver(completed(learner=OTHER, id_="forged"))
    assert w.state() == before


@pytest.mark.parametrize(
    "forged",
    [
        {"watch_id": ""},
        {"watch_id": "x" * 129},
        {"learner_id": None},
        {"completed_at": "2026-01-05T12:00:00"},
        {"completed_at": "yesterday"},
        {"content_version": 1},
        {"counts_against_member_quota": "perhaps"},
        {"counts_against_member_quota": True},
        {"membership_period_id": ""},
    ],
)
def test_a_malformed_watch_changes_nothing(forged: dict[str, Any]) -> None:
    w = world()
    before = w.state()
    with pytest.raises(ValidationError):
        w.deliver(completed(**forged))
    assert w.state() == before


def test_two_products_with_the_same_content() -> None:
    w = world(eligible=["AFP"])
    w.publish("other-product", content="lecture", eligible=["AFP"])
    w.certify(AFP)
    w.deliver(completed("w1", "course"))
    w.deliver(completed("w2", "other-product"))
    assert w.outline() == ["award AFP 1.5 COMPLETED", "declined AFP 0 ALREADY_AWARDED_IN_PERIOD"]


def test_another_version_of_the_same_content_counts_once() -> None:
    w = world(eligible=["AFP"])
    w.publish(version="v2", sequence=2, hours="2", eligible=["AFP"])
    w.certify(AFP)
    w.deliver(completed("w1", version="v1"))
    w.deliver(completed("w2", version="v2"))
    assert w.outline() == ["award AFP 1.5 COMPLETED", "declined AFP 0 ALREADY_AWARDED_IN_PERIOD"]


def test_the_same_content_counts_again_in_the_next_period() -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    last = datetime(2026, 12, 31, 23, 59, 59, 999000, tzinfo=BEIJING)
    w.deliver(completed("w1", at=last))
    w.deliver(completed("w2", at=last + timedelta(milliseconds=1)))
    periods = [(e.period.start, e.period.end) for e in w.entries() if e.period]
    assert [e.kind for e in w.entries()] == [Kind.AWARD, Kind.AWARD]
    assert periods == [(date(2025, 1, 1), date(2026, 12, 31)), (date(2027, 1, 1), date(2028, 12, 31))]


def test_the_whole_award_goes_to_the_period_of_the_completion_however_late_the_event() -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    w.clock.advance(3 * 365 * 24 * 3600 * 1000)
    w.deliver(completed(at=datetime(2026, 12, 31, 15, 59, 59, 999000, tzinfo=BEIJING)))
    (entry,) = w.entries()
    assert entry.period
    assert entry.period.start == date(2025, 1, 1)
    assert entry.hours == Decimal("1.5")


def test_a_watch_before_the_first_period_gives_nothing_and_says_so() -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    w.deliver(completed(at=datetime(2024, 12, 31, 23, 59, 59, tzinfo=BEIJING)))
    assert w.outline() == ["declined AFP 0 BEFORE_FIRST_PERIOD"]


def test_a_period_that_starts_on_29_february() -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP, start=date(2024, 2, 29))
    w.deliver(completed("w1", at=datetime(2026, 2, 28, 23, 59, 59, tzinfo=BEIJING)))
    w.deliver(completed("w2", at=datetime(2026, 3, 1, tzinfo=BEIJING)))
    assert [e.period.start for e in w.entries() if e.period] == [date(2024, 2, 29), date(2026, 3, 1)]


def test_ctp_hours_are_kept_in_an_open_period() -> None:
    w = world(eligible=["CTP"])
    w.certify(CTP)
    w.deliver(completed())
    (event,) = w.sent("credits.hours_awarded.v1")
    assert event.data["period_start"] == "2025-01-01"
    assert event.data["period_end"] is None


def test_a_watch_waits_for_its_course() -> None:
    w = World()
    w.certify(AFP)
    before = w.state()
    with pytest.raises(CourseVersionUnknown):
        w.deliver(completed())
    assert w.state() == before
    w.publish(version="v2", sequence=2)
    with pytest.raises(CourseVersionUnknown):
        w.deliver(completed())
    w.publish(eligible=["AFP"])
    w.deliver(completed())
    assert w.outline() == ["award AFP 1.5 COMPLETED"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_around_the_commit(moment: str) -> None:
    w = world(eligible=["AFP"])
    w.certify(AFP)
    w.store.crash = moment
    with pytest.raises(Crash):
        w.deliver(completed())
    assert len(w.entries()) == (moment == "after")
    w.deliver(completed())
    assert w.outline() == ["award AFP 1.5 COMPLETED"]
    assert len(w.sent("credits.hours_awarded.v1")) == 1


def test_an_older_publication_of_a_version_is_ignored() -> None:
    w = World()
    w.publish(sequence=2, hours="2", eligible=["AFP"])
    w.publish(sequence=1, hours="9", eligible=["AFP"])
    w.publish(sequence=2, hours="8", eligible=["AFP"], id_="same sequence, another event")
    w.certify(AFP)
    w.deliver(completed())
    assert w.outline() == ["award AFP 2 COMPLETED"]


def test_a_newer_publication_replaces_the_older() -> None:
    w = world(eligible=["AFP"])
    w.publish(sequence=2, hours="2", category="compulsory", eligible=["AFP"])
    w.certify(AFP)
    w.deliver(completed())
    assert w.entries()[0].hours == Decimal(2)
    assert w.entries()[0].completion.category == "compulsory"


@pytest.mark.parametrize(
    "bad", [{"hours": "0"}, {"hours": "-1"}, {"hours": "NaN"}, {"hours": 1.5}, {"hours": "1.555"}, {"category": "x"}]
)
def test_a_malformed_publication_changes_nothing(bad: dict[str, Any]) -> None:
    w = World()
    with pytest.raises(ValidationError):
        w.deliver(published(**bad))
    assert w.state() == ({}, 0)


def test_a_publication_without_a_sequence_changes_nothing() -> None:
    w = World()
    with pytest.raises(ValueError, match="sequence"):
        w.deliver(published(sequence=None))
    assert w.state() == ({}, 0)


def test_every_outcome_is_written_in_one_transaction_with_its_head_marker_and_event() -> None:
    w = world(eligible=["AFP", "CFP"])
    w.certify(AFP, CFP)
    changes = spied(w)
    w.deliver(completed())
    (change,) = changes
    sorts = sorted(write.key.sk.split("#")[0] for write in change.writes)
    posting = "2026-01-05T04:00:00.000Z"
    assert sorts == [posting, "AWARD", "AWARD", "ENTRY", "ENTRY", "HEAD", "WATCH", "playback.watch_completed.v1"]
    assert [event.type for event in change.events] == ["credits.hours_awarded.v1"] * 2
