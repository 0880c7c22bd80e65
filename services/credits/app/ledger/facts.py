"""What each kind of entry tells the other services, and the learner."""

from collections.abc import Mapping
from typing import Any

from services.credits.domain.ledger import COUNTED, Entry, Kind
from services.credits.events.published import HoursAwarded, HoursGranted, HoursHeld, HoursReleased, HoursReversed
from services.kit.days import civil_day

Fact = HoursAwarded | HoursGranted | HoursHeld | HoursReleased | HoursReversed

MOVES: dict[Kind, type[HoursHeld | HoursReleased | HoursReversed]] = {
    Kind.HOLD: HoursHeld,
    Kind.RELEASE: HoursReleased,
    Kind.REVERSAL: HoursReversed,
}


def fact_of(entry: Entry, ledger: Mapping[int, Entry]) -> Fact | None:
    """The fact that an entry is published as; a declined entry moves nothing and is told to nobody.

    Args:
        ledger: entries by number, at least the one that the entry acts on.
    """
    if entry.kind in COUNTED:
        return _award(entry) if entry.kind is Kind.AWARD else _grant(entry)
    if entry.kind not in MOVES:
        return None
    award = _award_of(entry, ledger)
    return MOVES[entry.kind](
        **_shared(entry),
        credential=entry.credential,
        reason=entry.reason,
        note=entry.note,
        award_entry_id=award.entry_id if award else None,
        at=entry.at,
    )


def _award(entry: Entry) -> HoursAwarded:
    if entry.credential is None or entry.period is None:
        raise ValueError("an award names its credential and period")
    return HoursAwarded(
        **_shared(entry),
        credential=entry.credential,
        category=entry.completion.category,
        period_start=entry.period.start,
        period_end=entry.period.end,
        awarded_at=entry.at,
    )


def _grant(entry: Entry) -> HoursGranted:
    if entry.credential is None or entry.period is None or entry.note is None:
        raise ValueError("a grant names its credential, period and reason")
    return HoursGranted(
        entry_id=entry.entry_id,
        learner_id=entry.learner_id,
        credential=entry.credential,
        hours=format(entry.hours, "f"),
        category=entry.completion.category,
        title=entry.completion.title,
        earned_on=civil_day(entry.completion.completed_at),
        period_start=entry.period.start,
        period_end=entry.period.end,
        note=entry.note,
        granted_at=entry.at,
    )


def _shared(entry: Entry) -> dict[str, Any]:
    return {
        "entry_id": entry.entry_id,
        "learner_id": entry.learner_id,
        "hours": format(entry.hours, "f"),
        "watch_id": entry.completion.watch_id,
        "course_id": entry.completion.course_id,
    }


def _award_of(entry: Entry, ledger: Mapping[int, Entry]) -> Entry | None:
    """The award at the end of what the entry acts on: of a review's release that is the hold, and then its award."""
    while entry.settles is not None:
        entry = ledger[entry.settles]
    return entry if entry.kind in COUNTED else None
