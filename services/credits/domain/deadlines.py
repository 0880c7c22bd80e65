"""When learners are reminded that a certificate's period, or a year of it, ends. Days are civil, in Asia/Shanghai."""

from datetime import date

from services.kit.days import ONE_DAY, anniversary

REMINDER_DAYS = (90, 30, 7)
"""So many days before the last day of a period or year; the mission's."""


def due_reminder(days_left: int) -> int | None:
    """Which reminder is due with so many days left: the nearest one that has been reached, so that of several that were
    missed only the last comes. None before the first, and after the deadline."""
    if days_left < 0:
        return None
    return min((days for days in REMINDER_DAYS if days >= days_left), default=None)


def period_ends(day: date, most_years: int) -> list[date]:
    """The days on which a period of at most so many years can end of which a year ends on `day`, the day itself first.

    They are its anniversaries; a period whose row began on a 29 February may end a day before.
    """
    following = [anniversary(day + ONE_DAY, years) - ONE_DAY for years in range(1, most_years)]
    return [day, *(end - early * ONE_DAY for end in following for early in (0, 1))]
