"""What of a completed watch is worth a reviewer's look. Signals only: nothing is refused or held by them."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import fmean, stdev

from services.playback.domain.editions import in_force
from services.playback.domain.legs import LegFacts
from services.playback.domain.watch import LegKind, day_of

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
HIGHEST_RATE = 2
"""No course allows more, so credit took at least half its length."""


class RiskKind(StrEnum):
    """What was noticed; the figure measured is in milliseconds, per mille, hours, minutes or times, as named."""

    CONSTANT_REACTIONS = "constant_reactions"
    IMPOSSIBLE_REACTION = "impossible_reaction"
    ROUND_THE_CLOCK = "round_the_clock"
    NO_REST = "no_rest"
    FREQUENT_TAKEOVERS = "frequent_takeovers"
    GUESSED_ANSWERS = "guessed_answers"


class FigureKind(StrEnum):
    """What else a reviewer may weigh, in a list of its own: the first one's kinds were promised to be all."""

    MEDIA_NOT_OPENED = "media_not_opened"
    ACCOUNTS_ON_DEVICE = "accounts_on_device"
    ACCOUNTS_ON_ADDRESS = "accounts_on_address"
    DEVICES_OF_ACCOUNT = "devices_of_account"
    ADDRESSES_OF_ACCOUNT = "addresses_of_account"


class PlaceKind(StrEnum):
    """What an account is used at."""

    DEVICE = "device"
    ADDRESS = "address"


class Unit(StrEnum):
    """What a signal's figures count."""

    PER_MILLE = "per_mille"
    MILLISECONDS = "ms"
    HOURS = "hours"
    MINUTES = "minutes"
    TIMES = "times"


class FigureUnit(StrEnum):
    """What a figure counts."""

    PER_MILLE = "per_mille"
    ACCOUNTS = "accounts"
    PLACES = "places"


@dataclass(frozen=True)
class RiskPolicy:
    """One edition of the thresholds; each figure's reason is beside it in risk_policies.toml.

    `constant_per_mille`: standard deviation by mean of the last `constant_answers` reaction times, below which they
    count as constant. `guess_wrong`: of the last `guess_answers` answers to questions (0: nobody looks at them).
    `media_per_mille`: how long the files were open, by what the credited part takes at the highest rate, below which
    nobody can have seen it (0: nobody looks). `accounts_on_…`, `…_of_account`: so many are noticed (0: never).
    The others are the first figure that is noticed, as it is (`impossible_ms`, `rest_minutes`: the first not).
    """

    id: str
    effective_from: date
    source: str
    recent_days: int
    recent_watches: int
    constant_answers: int
    constant_per_mille: int
    impossible_ms: int
    hours_a_day: int
    rest_window_hours: int
    rest_minutes: int
    takeovers_a_day: int
    guess_answers: int = 0
    guess_wrong: int = 0
    media_per_mille: int = 0
    accounts_on_device: int = 0
    accounts_on_address: int = 0
    devices_of_account: int = 0
    addresses_of_account: int = 0


@cache
def _policies() -> tuple[RiskPolicy, ...]:
    text = Path(__file__).with_name("risk_policies.toml").read_text(encoding="utf-8")
    return tuple(RiskPolicy(**row) for row in tomllib.loads(text)["policy"])


def risk_policy_in_force(day: date) -> RiskPolicy:
    """The thresholds for a watch completed on this day (Asia/Shanghai). Raises LookupError before the first ones."""
    return in_force(_policies(), day)


@dataclass(frozen=True)
class RiskSignal:
    """One thing noticed: what was measured, and the threshold that it passed."""

    kind: RiskKind
    measured: int
    threshold: int
    unit: Unit


@dataclass(frozen=True)
class Figure:
    """One more thing measured, and the threshold that it passed."""

    kind: FigureKind
    measured: int
    threshold: int
    unit: FigureUnit


@dataclass(frozen=True)
class Surroundings:
    """What is known of a watch beside its legs: how long its files were open (ms), and how many accounts are used at
    each place where its learner's sessions began lately.
    """

    opened_ms: int = 0
    accounts: Mapping[PlaceKind, Sequence[int]] = field(default_factory=dict)


Watch = Sequence[LegFacts]
"""One watch's legs, in order."""


def risk_signals(watch: Watch, recent: Sequence[Watch], policy: RiskPolicy) -> list[RiskSignal]:
    """What is noticed about a completed watch.

    Args:
        recent: the learner's watches of the last `recent_days`, this one among them; what came after it is left out.
    """
    now = watch[-1].at
    known = [[leg for leg in legs if leg.at <= now] for legs in recent]
    found = [
        _constant(recent_reactions(known, policy), policy),
        _impossible(_reactions([watch]), policy),
        _round_the_clock(watch, known, policy),
        _no_rest(known, now, policy),
        _takeovers(known, now, policy),
        guessing(known, policy) if _wrong(watch) else None,
    ]
    return [signal for signal in found if signal]


def recent_reactions(recent: Sequence[Watch], policy: RiskPolicy) -> list[int]:
    """The last reaction times in the order they were given, milliseconds: as many as are judged together."""
    return _reactions(recent)[-policy.constant_answers :]


def _reactions(watches: Sequence[Watch]) -> list[int]:
    legs = sorted((leg for legs in watches for leg in legs), key=lambda leg: leg.at)
    return [leg.response_ms for leg in legs if leg.response_ms is not None]


def _constant(reactions: Sequence[int], policy: RiskPolicy) -> RiskSignal | None:
    if len(reactions) < policy.constant_answers:
        return None
    scatter = round(1000 * stdev(reactions) / max(1.0, fmean(reactions)))
    if scatter >= policy.constant_per_mille:
        return None
    return RiskSignal(RiskKind.CONSTANT_REACTIONS, scatter, policy.constant_per_mille, Unit.PER_MILLE)


def _impossible(reactions: Sequence[int], policy: RiskPolicy) -> RiskSignal | None:
    fastest = min(reactions, default=policy.impossible_ms)
    if fastest >= policy.impossible_ms:
        return None
    return RiskSignal(RiskKind.IMPOSSIBLE_REACTION, fastest, policy.impossible_ms, Unit.MILLISECONDS)


def _round_the_clock(watch: Watch, recent: Sequence[Watch], policy: RiskPolicy) -> RiskSignal | None:
    """The most hours of the clock in which anything was watched, of a day on which this watch was."""
    days = {day_of(hour * HOUR_MS) for hour in _hours([watch])}
    hours = [day_of(hour * HOUR_MS) for hour in _hours(recent)]
    most = max((hours.count(day) for day in days), default=0)
    if most < policy.hours_a_day:
        return None
    return RiskSignal(RiskKind.ROUND_THE_CLOCK, most, policy.hours_a_day, Unit.HOURS)


def _no_rest(recent: Sequence[Watch], now: int, policy: RiskPolicy) -> RiskSignal | None:
    """The longest time without watching in the window before the completion."""
    begin = now - policy.rest_window_hours * HOUR_MS
    longest, rested_from = 0, begin
    for start, end in sorted(_stretches(recent)):
        longest = max(longest, start - rested_from)
        rested_from = max(rested_from, end)
    longest_minutes = max(longest, now - rested_from) // MINUTE_MS
    if longest_minutes >= policy.rest_minutes:
        return None
    return RiskSignal(RiskKind.NO_REST, longest_minutes, policy.rest_minutes, Unit.MINUTES)


def _takeovers(recent: Sequence[Watch], now: int, policy: RiskPolicy) -> RiskSignal | None:
    """How often a session was taken over in the day before the completion."""
    since = now - DAY_MS
    times = sum(leg.kind is LegKind.TAKEN_OVER and leg.at > since for legs in recent for leg in legs)
    if times < policy.takeovers_a_day:
        return None
    return RiskSignal(RiskKind.FREQUENT_TAKEOVERS, times, policy.takeovers_a_day, Unit.TIMES)


def guessing(watches: Iterable[Watch], policy: RiskPolicy) -> RiskSignal | None:
    """How many of the last answers to questions are wrong, where only guessing explains as many."""
    if not policy.guess_answers:
        return None
    answers = sorted((leg for legs in watches for leg in legs if leg.choice is not None), key=lambda leg: leg.at)
    wrong = _wrong(answers[-policy.guess_answers :])
    if wrong < policy.guess_wrong:
        return None
    return RiskSignal(RiskKind.GUESSED_ANSWERS, wrong, policy.guess_wrong, Unit.TIMES)


def figures(watch: Watch, around: Surroundings, policy: RiskPolicy) -> list[Figure]:
    """What is measured about a completed watch beside its legs, as far as it passes a threshold."""
    media = _media(watch, around.opened_ms, policy)
    return [*([media] if media else []), *_places(around, policy)]


def _media(watch: Watch, opened_ms: int, policy: RiskPolicy) -> Figure | None:
    """How long the files were open, by the time that what is credited takes. Of a watch that began under release
    1.0.0, whose start says no rate, nobody wrote that down.
    """
    pins = watch[0].pins
    if pins is None or not policy.media_per_mille:
        return None
    opened = int(1000 * opened_ms * Decimal(pins.max_rate) / max(1, watch[-1].furthest_ms))
    if opened >= policy.media_per_mille:
        return None
    return Figure(FigureKind.MEDIA_NOT_OPENED, opened, policy.media_per_mille, FigureUnit.PER_MILLE)


def _places(around: Surroundings, policy: RiskPolicy) -> list[Figure]:
    """How many accounts share a place, at most, and at how many places this one is used."""
    devices, addresses = (around.accounts.get(kind, ()) for kind in (PlaceKind.DEVICE, PlaceKind.ADDRESS))
    accounts, places = FigureUnit.ACCOUNTS, FigureUnit.PLACES
    found = [
        Figure(FigureKind.ACCOUNTS_ON_DEVICE, max(devices, default=0), policy.accounts_on_device, accounts),
        Figure(FigureKind.ACCOUNTS_ON_ADDRESS, max(addresses, default=0), policy.accounts_on_address, accounts),
        Figure(FigureKind.DEVICES_OF_ACCOUNT, len(devices), policy.devices_of_account, places),
        Figure(FigureKind.ADDRESSES_OF_ACCOUNT, len(addresses), policy.addresses_of_account, places),
    ]
    return [figure for figure in found if figure.threshold and figure.measured >= figure.threshold]


def _wrong(legs: Watch) -> int:
    return sum(leg.kind is LegKind.ANSWERED_WRONG for leg in legs)


def _hours(watches: Iterable[Watch]) -> set[int]:
    """The hours since 1970 in which anything was watched. Those of Shanghai begin when these do."""
    return {hour for start, end in _stretches(watches) for hour in range(start // HOUR_MS, end // HOUR_MS + 1)}


def _stretches(watches: Iterable[Watch]) -> list[tuple[int, int]]:
    """When something was watched: from leg to leg of a session, but not while a prompt waited."""
    return [
        (earlier.at, _watched_until(earlier, later))
        for legs in watches
        for earlier, later in pairwise(legs)
        if earlier.session_id == later.session_id and not _waits(earlier)
    ]


def _waits(leg: LegFacts) -> bool:
    """Whether nothing is watched after a leg, because a prompt is open."""
    asking = leg.kind in (LegKind.PROMPT_OPENED, LegKind.ANSWERED_WRONG)
    return asking or (leg.kind is LegKind.STARTED and leg.prompt_index is not None)


def _watched_until(earlier: LegFacts, later: LegFacts) -> int:
    # A session that expired got its last leg whenever the next one began.
    if later.kind is LegKind.EXPIRED:
        return min(later.at, earlier.at + (later.furthest_ms - earlier.furthest_ms) // HIGHEST_RATE)
    return later.at
