"""The nightly comparison: what a ledger says, and what is kept beside it, must agree; every difference is found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.credits import bootstrap
from services.credits.app.ledger.check_ledgers import LedgerCheck, check_ledgers
from services.credits.app.ledger.items import AwardMark, Posting, award_key, entry_key, learner_pk, postings_pks
from services.credits.app.ledger.sealed_records import HeadsFolder
from services.credits.app.memberships.items import membership_key
from services.credits.domain.awarding import award_mark, mark_name
from services.credits.domain.balances import awarded
from services.credits.domain.comparison import differences
from services.credits.domain.ids import LearnerId, MembershipPeriodId, WatchId
from services.credits.domain.ledger import Entry, Kind
from services.credits.domain.quota import MembershipPeriod
from services.credits.domain.review import Standing
from services.credits.domain.verification import Fault, FaultKind
from services.credits.handlers import check
from services.kit.days import civil_day
from services.kit.store import Change, Put
from services.kit.store.pages import merged
from tests.unit.credits.world import AFP, CFP, LEARNER, NOON_IN_SHANGHAI, OTHER, World, completed, membership

A_DAY_MS = 86_400_000
M1 = MembershipPeriodId("m1")


def a_world() -> World:
    """Two learners' ledgers with awards, a grant, holds and a reviewer's decisions, on the day before."""
    w = World()
    w.publish(eligible=["AFP", "CFP"])
    w.publish("other", content="other", eligible=["AFP"])
    w.certify(AFP)
    w.certify(AFP, learner=OTHER)
    w.deliver(membership(quota="2"))
    w.deliver(completed("w1", period="m1"))
    w.deliver(completed("w2", "other", period="m1"))
    w.deliver(completed("w3", learner=OTHER))
    standings = (Standing.UNDER_REVIEW, Standing.STANDS, Standing.UNDER_REVIEW, Standing.VOID)
    for number, standing in enumerate(standings):
        w.review(w.grant("2", title=f"研讨会 {number}").number, standing)
    w.review(1, Standing.UNDER_REVIEW)
    w.clock.advance(A_DAY_MS)
    return w


def night(w: World) -> LedgerCheck:
    """What the schedule does."""
    return check_ledgers(w.ctx, HeadsFolder(w.objects))


def faults(w: World) -> dict[str, FaultKind]:
    """What the night finds, by learner: one kind of fault each."""
    found: dict[str, FaultKind] = {}
    for learner, faults in night(w).faults.items():
        (found[learner],) = {fault.kind for fault in faults}
    return found


def lose(w: World, sort_key: str, learner: LearnerId = LEARNER) -> None:
    """Somebody deletes an item of a learner's partition."""
    for key in [key for key in w.store.items if key.pk == learner_pk(learner) and key.sk.startswith(sort_key)]:
        del w.store.items[key]


def test_what_agrees_is_quiet() -> None:
    w = a_world()
    before = w.state()
    checked = night(w)
    assert (checked.ledgers, checked.faults) == (2, {})
    assert w.state() == before


def test_a_lost_mark_is_found_and_only_there() -> None:
    w = a_world()
    lose(w, "AWARD#AFP")
    assert faults(w) == {LEARNER: FaultKind.UNMARKED}


def test_a_mark_that_forbids_an_award_nobody_got_is_found() -> None:
    w = a_world()
    period = w.entries(OTHER)[0].period
    assert period
    mark = Put(award_key(OTHER, mark_name(CFP, period, "forged")), AwardMark(WatchId("forged"), NOON_IN_SHANGHAI))
    w.store.commit(Change([mark]))
    assert faults(w) == {OTHER: FaultKind.UNMARKED}


def test_a_lost_membership_period_and_a_quota_that_was_raised_behind_our_back_are_found() -> None:
    w = a_world()
    lose(w, "MEMBERSHIP#")
    assert faults(w) == {LEARNER: FaultKind.QUOTA_UNKNOWN}
    w = a_world()
    stored = w.store.get(membership_key(LEARNER, M1), MembershipPeriod)
    assert stored
    assert stored.value.quota_hours
    shrunk = replace(stored.value, quota_hours=stored.value.quota_hours / 2)
    w.store.commit(Change([Put(stored.key, shrunk, after=stored.version)]))
    assert faults(w) == {LEARNER: FaultKind.OVER_QUOTA}


def test_a_quota_that_orders_has_lowered_is_no_fault() -> None:
    w = a_world()
    w.deliver(membership(quota="1", sequence=2))
    assert faults(w) == {}


def test_a_changed_entry_is_found() -> None:
    w = a_world()
    stored = w.store.get(entry_key(LEARNER, 1), Entry)
    assert stored
    more = replace(stored.value, hours=stored.value.hours * 2)
    w.store.commit(Change([Put(stored.key, more, after=stored.version)]))
    assert faults(w) == {LEARNER: FaultKind.CHANGED}


def test_entries_that_are_not_under_their_day_are_found() -> None:
    w = a_world()
    day = civil_day(NOON_IN_SHANGHAI)
    first = next(s for s in merged(w.store, postings_pks(day), "", Posting) if s.value.learner_id == LEARNER)
    del w.store.items[first.key]
    assert faults(w) == {LEARNER: FaultKind.NOT_POSTED}


@pytest.mark.parametrize("days", [1, 2, 3])
def test_missed_nights_are_made_up_for(days: int) -> None:
    w = a_world()
    lose(w, "AWARD#AFP")
    w.clock.advance((days - 1) * A_DAY_MS)
    assert faults(w) == {LEARNER: FaultKind.UNMARKED}
    w.clock.advance((4 - days) * A_DAY_MS)
    assert faults(w) == {}


def test_balances_added_up_another_way_agree_after_every_decision() -> None:
    w = a_world()
    entries = w.entries()
    marks = {award_mark(e): e.completion.watch_id for e in entries if e.kind is Kind.AWARD}
    period = MembershipPeriod(M1, NOON_IN_SHANGHAI, NOON_IN_SHANGHAI + timedelta(days=1), None, True, False, 1)
    for count in range(len(entries) + 1):
        known = [award_mark(e) for e in entries[:count]]
        part = {name: watch for name, watch in marks.items() if name in known}
        assert differences(entries[:count], part, {M1: period}) == []
    assert [award.hours for award in awarded(entries, AFP)] == [Decimal(2)]


def test_an_entry_that_acts_on_nothing_unbalances_the_period() -> None:
    w = a_world()
    entries = w.entries(OTHER)
    stray = replace(entries[0], number=2, kind=Kind.REVERSAL, settles=9)
    marks = {award_mark(entries[0]): WatchId("w3")}
    assert differences([*entries[:1], stray], marks, {}) == [Fault(FaultKind.UNBALANCED, 0)]


def test_the_function_counts_what_differs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    w = a_world()
    lose(w, "AWARD#AFP")
    monkeypatch.setattr(bootstrap, "ledger", lambda: w.ctx)
    monkeypatch.setattr(bootstrap, "records", lambda: w.records)
    run: Callable[..., dict[str, int]] = check.handler
    assert run({}, None) == {"ledgers": 2, "faults": 1}
    assert '"LedgerFaults":1' in capsys.readouterr().out.replace(" ", "")
