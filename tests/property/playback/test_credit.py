"""Credit and its bucket against a model of plain fractions, on courses of every rate, and beside release 1.0.0."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from services.playback.domain.policy import policy
from services.playback.domain.watch import NO_SESSION, Live, Prompt, advance, confirm, keep_in_bucket

POLICY = policy("2026-01")
CAP_MS = POLICY.gap_cap_ms
DURATION_MS = 3_600_000
NOON = 1_767_585_600_000
RATES = st.sampled_from([Decimal(rate) for rate in ("1", "1.0", "1.01", "1.25", "1.5", "1.75", "2.0", "2")])
WAITS_MS = st.sampled_from([0, 1, CAP_MS, 90_000]) | st.integers(0, 90_000)
REACHES_MS = st.sampled_from([0, 200_000]) | st.integers(-5_000, 200_000)
"""Where a player claims to be, beyond what is credited."""
STEPS = st.lists(st.tuples(st.sampled_from(["beat", "prompt", "confirm", "other course"]), WAITS_MS, REACHES_MS, RATES))


def a_session(rate: Decimal) -> Live:
    """At noon, with an empty bucket."""
    live = replace(NO_SESSION, duration_ms=DURATION_MS, max_rate=rate, refilled_at=NOON, lease_until=NOON + 60_000)
    return keep_in_bucket(live, 0)


def another_course(live: Live, rate: Decimal, now: int) -> Live:
    """As a start goes over to it: the bucket comes along, and the time between does not refill it."""
    return keep_in_bucket(replace(live, max_rate=rate, furthest_ms=0, prompt=None, refilled_at=now), live.unspent_ms)


@dataclass
class Model:
    """What the rule says, without rounding: real time that is earned and spent."""

    bucket: Fraction = Fraction(0)
    spent: Fraction = Fraction(0)

    def refill(self, wait_ms: int) -> None:
        """Server time passes."""
        self.bucket = min(Fraction(CAP_MS), self.bucket + wait_ms)

    def spend(self, credit_ms: int, rate: Decimal) -> None:
        """So much of the lecture takes its time at the course's rate."""
        self.bucket -= credit_ms / Fraction(rate)
        self.spent += credit_ms / Fraction(rate)


@given(RATES, STEPS)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_the_bucket_is_real_time_and_rounding_takes_at_most_a_millisecond_of_a_credit(
    rate: Decimal, steps: list[tuple[str, int, int, Decimal]]
) -> None:
    live, model, now, credited, ledger = a_session(rate), Model(), NOON, 0, [(NOON, Fraction(0))]
    for what, wait_ms, reach_ms, other in steps:
        now += wait_ms
        before = live
        if live.prompt is None and what != "other course":
            model.refill(wait_ms)
        if what == "confirm" and live.prompt:
            live = confirm(live, POLICY, now)
        elif what == "other course":
            live = another_course(live, other, now)
        else:
            live = advance(live, max(0, live.furthest_ms + reach_ms), (), POLICY, now)
            model.spend(live.furthest_ms - before.furthest_ms, live.max_rate)
            credited += live.furthest_ms > before.furthest_ms
            wanted = min(max(0, reach_ms), DURATION_MS - before.furthest_ms)
            assert live.furthest_ms - before.furthest_ms in (wanted, int(before_spending(live, before) * live.max_rate))
        if what == "prompt" and live.prompt is None:
            live = replace(live, prompt=Prompt(0, "nonce", now))
        assert 0 <= live.unspent_ms <= CAP_MS
        assert model.bucket - credited <= live.unspent_ms <= model.bucket
        ledger.append((now, model.spent))
    for number, (then, spent) in enumerate(ledger):
        assert all(later - spent <= at - then + CAP_MS for at, later in ledger[number:])


def before_spending(after: Live, before: Live) -> int:
    """What the bucket held when the credit was taken from it; nothing is to be had while a prompt is open."""
    if before.prompt is not None:
        return 0
    return min(CAP_MS, before.unspent_ms + after.refilled_at - before.refilled_at)


@given(RATES)
@settings(deadline=None, derandomize=True)
def test_a_silence_of_the_cap_is_credited_whole_at_every_rate(rate: Decimal) -> None:
    played_ms = int(CAP_MS * rate)
    after = advance(a_session(rate), played_ms, (), POLICY, NOON + CAP_MS)
    assert (after.furthest_ms, after.unspent_ms) == (played_ms, 0)
    assert advance(a_session(rate), 2 * played_ms, (), POLICY, NOON + 2 * CAP_MS).furthest_ms == played_ms


def released_advance(live: Live, position_ms: int, now: int) -> Live:
    """As release 1.0.0 credited: a bucket of the lecture's time. It carries what it does not know."""
    now = max(now, live.refilled_at)
    if live.prompt is not None:
        return replace(live, refilled_at=now)
    gained = int((now - live.refilled_at) * live.max_rate)
    allowance_ms = min(CAP_MS, live.allowance_ms + gained)
    credit = max(0, min(min(position_ms, live.duration_ms) - live.furthest_ms, allowance_ms))
    return replace(live, furthest_ms=live.furthest_ms + credit, allowance_ms=allowance_ms - credit, refilled_at=now)


def released_other_course(live: Live, rate: Decimal, now: int) -> Live:
    """As release 1.0.0 takes the bucket over."""
    allowance_ms = int(live.allowance_ms * min(Decimal(1), rate / live.max_rate))
    return replace(live, max_rate=rate, furthest_ms=0, prompt=None, refilled_at=now, allowance_ms=allowance_ms)


@given(RATES, st.lists(st.tuples(st.booleans(), st.booleans(), WAITS_MS, REACHES_MS, RATES), min_size=20, max_size=40))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_beside_release_1_0_0_nobody_is_credited_more_than_time_and_one_cap(
    rate: Decimal, steps: list[tuple[bool, bool, int, int, Decimal]]
) -> None:
    beats: dict[bool, Callable[[Live, int, int], Live]] = {
        True: released_advance,
        False: lambda live, position_ms, now: advance(live, position_ms, (), POLICY, now),
    }
    others = {True: released_other_course, False: another_course}
    live, now, spent, ledger = a_session(rate), NOON, Fraction(0), [(NOON, Fraction(0))]
    for is_released, changes, wait_ms, reach_ms, other in steps:
        now += wait_ms
        before = live.furthest_ms
        if changes:
            live, before = others[is_released](live, other, now), 0
        live = beats[is_released](live, max(0, live.furthest_ms + reach_ms), now)
        spent += (live.furthest_ms - before) / Fraction(live.max_rate)
        ledger.append((now, spent))
    for number, (then, spent_then) in enumerate(ledger):
        assert all(later - spent_then <= at - then + CAP_MS for at, later in ledger[number:])


def test_what_release_1_0_0_has_spent_is_not_had_again() -> None:
    full = advance(a_session(Decimal(1)), 0, (), POLICY, NOON + CAP_MS)
    assert full.unspent_ms == CAP_MS
    spent = released_advance(full, CAP_MS, NOON + CAP_MS)
    assert spent.furthest_ms == CAP_MS
    assert advance(spent, 2 * CAP_MS, (), POLICY, NOON + CAP_MS).furthest_ms == CAP_MS


def test_a_state_of_release_1_0_0_goes_on_with_what_its_bucket_holds() -> None:
    released = replace(a_session(Decimal(2)), bucket_ms=None, allowance_ms=10_001)
    assert released.unspent_ms == 5_000
    after = advance(released, 20_000, (), POLICY, NOON + 1_000)
    assert (after.furthest_ms, after.bucket_ms, after.allowance_ms) == (12_000, 0, 0)
