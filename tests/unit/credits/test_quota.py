"""The member quota: charged once per watch, never split, in the ledger's order; what exceeds waits until it fits."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.credits.app.advice.advise import read_quotas
from services.credits.app.awarding.award_hours import MembershipPeriodUnknown
from services.credits.app.ledger.account import Account
from services.credits.app.texts.reasons import TEXTS
from services.credits.domain.awarding import outcomes, released
from services.credits.domain.balances import open_holds
from services.credits.domain.ids import MembershipPeriodId, WatchId
from services.credits.domain.ledger import Kind, Reason
from services.credits.domain.review import Standing
from services.kit.events import Envelope
from services.kit.store import Conflict
from tests.unit.credits.world import AFP, CFP, LEARNER, NOON_IN_SHANGHAI, OTHER, Crash, World, completed, membership


def world(*hours: str, quota: str | None = "25", eligible: tuple[str, ...] = ("AFP",)) -> World:
    """A member with certificates, and courses c0, c1 ... of these hours."""
    w = World()
    for number, each in enumerate(hours):
        w.publish(f"c{number}", content=f"lecture-{number}", hours=each, eligible=eligible)
    w.certify(AFP, CFP)
    w.deliver(membership(quota=quota))
    return w


def watch(w: World, number: int, period: str | None = "m1") -> None:
    """Course c<number> is completed through the membership."""
    w.deliver(completed(f"w{number}", f"c{number}", period=period))


def afp(w: World) -> list[str]:
    """The ledger in short, of AFP."""
    return [line.replace(" AFP", "") for line in w.outline() if " AFP " in line]


def deliver_what_frees(w: World) -> None:
    """Our own events about reversals reach us."""
    for event in w.sent("credits.hours_reversed.v1"):
        w.deliver(event)


def test_what_fits_is_awarded_and_what_does_not_is_held_whole() -> None:
    w = world("24", "1.5", "1")
    watch(w, 0)
    watch(w, 1)
    watch(w, 2)
    assert afp(w) == ["award 24 COMPLETED", "hold 1.5 MEMBER_QUOTA_EXCEEDED", "award 1 COMPLETED"]


def test_one_lecture_that_waits_twice_for_room_waits_for_its_hours_once() -> None:
    w = world("24", "1.5")
    for number, course in enumerate(("c0", "c1", "c1")):
        w.deliver(completed(f"w{number}", course, period="m1"))
    (quota,) = read_quotas(w.ctx, LEARNER)
    assert quota.waiting == Decimal("1.5")


def test_what_waits_for_room_ends_once_the_lecture_was_earned_otherwise() -> None:
    w = world("24", "1.5")
    watch(w, 0)
    watch(w, 1)
    w.deliver(completed("bought", "c1"))
    for event in w.sent("credits.hours_awarded.v1"):
        w.deliver(event)
    assert afp(w)[2:] == [
        "award 1.5 COMPLETED",
        "release 1.5 MEMBER_QUOTA_FREED",
        "declined 0 ALREADY_AWARDED_IN_PERIOD",
    ]


def test_a_renewed_membership_frees_nothing_of_the_one_before_and_the_text_says_what_would() -> None:
    w = world("24", "1.5")
    watch(w, 0)
    watch(w, 1)
    w.deliver(membership("m2", start=NOON_IN_SHANGHAI + timedelta(days=365)))
    assert [hold.reason for hold in open_holds(w.entries())] == [Reason.MEMBER_QUOTA_EXCEEDED]
    assert "续费" in TEXTS[Reason.MEMBER_QUOTA_EXCEEDED].zh
    assert "renewed" in TEXTS[Reason.MEMBER_QUOTA_EXCEEDED].en
    w.deliver(completed("w-anew", "c1", period="m2", at=NOON_IN_SHANGHAI + timedelta(days=366)))
    assert afp(w)[2:] == ["award 1.5 COMPLETED"]


@pytest.mark.parametrize(("second", "kind"), [("1", "award"), ("1.01", "hold"), ("0.99", "award")])
def test_the_decimal_boundary(second: str, kind: str) -> None:
    w = world("24", second)
    watch(w, 0)
    watch(w, 1)
    assert afp(w)[1].startswith(f"{kind} {second}")


def test_a_watch_is_charged_once_however_many_certificates_it_serves() -> None:
    w = world("13", "12", eligible=("AFP", "CFP"))
    watch(w, 0)
    watch(w, 1)
    assert [e.kind for e in w.entries()] == [Kind.AWARD] * 4


def test_a_certificate_that_comes_later_gets_the_watchs_hours_without_a_second_charge() -> None:
    w = World()
    w.publish("c0", content="lecture-0", hours="20", eligible=["AFP", "CFP"])
    w.publish("c1", content="lecture-1", hours="5", eligible=["AFP"])
    w.deliver(membership())
    w.certify(AFP)
    watch(w, 0)
    watch(w, 1)
    w.certify(CFP)
    assert w.outline()[-1] == "award CFP 20 COMPLETED"


def test_claims_are_exempt_and_purchases_are_not_counted() -> None:
    w = world("24", "24", "1.5")
    watch(w, 0, period=None)
    watch(w, 1)
    watch(w, 2, period=None)
    assert [e.kind for e in w.entries() if e.credential is AFP] == [Kind.AWARD] * 3


def test_each_membership_period_and_each_learner_has_a_quota_of_its_own() -> None:
    w = world("25", "25", "25")
    w.certify(AFP, learner=OTHER)
    w.deliver(membership("m2"))
    w.deliver(membership("m3", learner=OTHER))
    watch(w, 0)
    watch(w, 1, period="m2")
    w.deliver(completed("w2", "c2", learner=OTHER, period="m3"))
    kinds = [e.kind for e in [*w.entries(), *w.entries(OTHER)] if e.credential is AFP]
    assert kinds == [Kind.AWARD] * 3


def test_a_plan_without_a_limit_limits_nothing() -> None:
    w = world("30", "30", quota=None)
    watch(w, 0)
    watch(w, 1)
    assert all(e.kind is Kind.AWARD for e in w.entries() if e.credential is AFP)


def test_nothing_of_the_quota_is_used_by_what_earns_nothing() -> None:
    w = world("24", "24", "1", eligible=("AFP",))
    w.publish("again", content="lecture-0", hours="24", eligible=["AFP"])
    watch(w, 0)
    w.deliver(completed("w-again", "again", period="m1"))
    watch(w, 2)
    assert afp(w) == ["award 24 COMPLETED", "declined 0 ALREADY_AWARDED_IN_PERIOD", "award 1 COMPLETED"]


def test_a_voided_award_frees_its_hours_for_what_waits_in_ledger_order() -> None:
    w = world("20", "5", "4", "3", "2")
    for number in range(5):
        watch(w, number)
    assert [e.hours for e in open_holds(w.entries())] == [Decimal(4), Decimal(3), Decimal(2)]
    w.review(next(e.number for e in w.entries() if e.hours == Decimal(5)), Standing.VOID)
    deliver_what_frees(w)
    deliver_what_frees(w)
    # The first that fits in the ledger's order, then whatever still fits after it.
    assert afp(w)[-2:] == ["release 4 MEMBER_QUOTA_FREED", "award 4 COMPLETED"]
    assert [e.hours for e in open_holds(w.entries())] == [Decimal(3), Decimal(2)]


def test_an_award_under_review_keeps_its_charge_until_it_is_void() -> None:
    w = world("24", "2")
    watch(w, 0)
    watch(w, 1)
    award = next(e.number for e in w.entries() if e.kind is Kind.AWARD)
    w.review(award, Standing.UNDER_REVIEW)
    deliver_what_frees(w)
    assert [e.reason for e in open_holds(w.entries())] == ["MEMBER_QUOTA_EXCEEDED", "UNDER_REVIEW"]
    w.review(award, Standing.STANDS)
    w.review(award, Standing.VOID)
    deliver_what_frees(w)
    assert open_holds(w.entries()) == []
    assert afp(w)[-1] == "award 2 COMPLETED"


def test_the_charge_stays_while_another_certificate_has_the_watchs_hours() -> None:
    w = world("24", "2", eligible=("AFP", "CFP"))
    watch(w, 0)
    watch(w, 1)
    first, second = (e.number for e in w.entries() if e.kind is Kind.AWARD)
    w.review(first, Standing.VOID)
    deliver_what_frees(w)
    assert len(open_holds(w.entries())) == 2
    w.review(second, Standing.VOID)
    deliver_what_frees(w)
    assert open_holds(w.entries()) == []


def test_a_larger_quota_releases_what_waits_and_an_older_state_changes_nothing() -> None:
    w = world("24", "2")
    watch(w, 0)
    watch(w, 1)
    w.deliver(membership(quota="26", sequence=2))
    assert afp(w)[-1] == "award 2 COMPLETED"
    before = w.state()[0]
    w.deliver(membership(quota="1", sequence=1))
    assert w.state()[0] == before


def test_a_smaller_quota_or_a_revoked_period_takes_nothing_back() -> None:
    w = world("24", "2")
    watch(w, 0)
    w.deliver(membership(quota="1", sequence=2, revoked=True))
    watch(w, 1)
    assert afp(w) == ["award 24 COMPLETED", "hold 2 MEMBER_QUOTA_EXCEEDED"]


def test_a_watch_waits_for_its_membership_period() -> None:
    w = world("1")
    before = w.state()
    with pytest.raises(MembershipPeriodUnknown):
        watch(w, 0, period="m9")
    assert w.state() == before
    w.deliver(membership("m9"))
    watch(w, 0, period="m9")
    assert afp(w) == ["award 1 COMPLETED"]


def test_a_watch_that_is_held_for_something_else_waits_for_its_membership_period_too() -> None:
    w = World()
    w.publish("c0", eligible=["AFP"])
    with pytest.raises(MembershipPeriodUnknown):
        watch(w, 0)
    assert w.entries() == []


def test_another_learners_membership_period_is_not_charged() -> None:
    w = world("1")
    w.deliver(membership("m9", learner=OTHER))
    with pytest.raises(MembershipPeriodUnknown):
        watch(w, 0, period="m9")


def test_a_membership_state_without_a_sequence_changes_nothing() -> None:
    w = World()
    with pytest.raises(ValueError, match="sequence"):
        w.deliver(membership(sequence=None))
    assert w.state() == ({}, 0)


def test_quota_race() -> None:
    w = world(*["1.5"] * 20)

    def deliver_until_done(event: Envelope) -> None:
        while True:
            try:
                w.deliver(event)
            except Conflict:
                continue
            return

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(deliver_until_done, [completed(f"w{n}", f"c{n}", period="m1") for n in range(20)]))
    awards = [e for e in w.entries() if e.kind is Kind.AWARD]
    assert sum(e.hours for e in awards) == Decimal(24)
    assert len(open_holds(w.entries())) == 4
    assert w.verdict().faults == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_while_freed_hours_are_given_away(moment: str) -> None:
    w = world("25", *["1"] * 25)
    for number in range(26):
        watch(w, number)
    w.review(next(e.number for e in w.entries() if e.kind is Kind.AWARD), Standing.VOID)
    (told,) = w.sent("credits.hours_reversed.v1")
    w.store.crash = moment
    with pytest.raises(Crash):
        w.deliver(told)
    w.deliver(told)
    assert open_holds(w.entries()) == []
    assert sum(e.hours for e in w.entries() if e.kind is Kind.AWARD) == Decimal(50)
    assert len(w.sent("credits.hours_awarded.v1")) == 26


def test_a_membership_that_grows_while_a_watch_is_held_for_the_old_quota_is_seen() -> None:
    w = world("24", "2")
    watch(w, 0)
    commit = w.store.commit

    def grown_meanwhile(change: object) -> None:
        w.store.commit = commit  # type: ignore[method-assign]
        w.deliver(membership(quota="30", sequence=2))
        commit(change)  # type: ignore[arg-type]

    w.store.commit = grown_meanwhile  # type: ignore[method-assign]
    watch(w, 1)
    assert open_holds(w.entries(LEARNER)) == []


def test_what_is_decided_can_be_asked_twice_and_changes_nothing() -> None:
    w = world("13", "13", eligible=("AFP", "CFP"))
    watch(w, 0)
    watch(w, 1)
    account = Account(w.ctx, LEARNER)
    last = w.entries()[-1].completion
    now = account.circumstances_of(
        replace(last, watch_id=WatchId("w2"), content_id="lecture-2", hours=Decimal(12)), [AFP, CFP]
    )
    for course in (Decimal(12), Decimal(13)):
        asked = replace(last, watch_id=WatchId("w2"), content_id="lecture-2", hours=course)
        first = outcomes(asked, [AFP, CFP], now)
        assert first == outcomes(asked, [AFP, CFP], now)
        assert [draft.kind for draft in first] == [Kind.AWARD if course == 12 else Kind.HOLD] * 2
    holds, m1 = open_holds(w.entries()), MembershipPeriodId("m1")
    more = replace(now, quotas={m1: replace(now.quotas[m1], watches={})})
    ended = released(holds, more, 18)
    assert ended == released(holds, more, 18)
    assert [draft.kind for draft in ended] == [Kind.RELEASE, Kind.AWARD] * 2
