"""When learners are reminded that a certificate's period ends. Days are civil days in Asia/Shanghai."""

REMINDER_DAYS = (90, 30, 7)
"""So many days before the last day of a period; the mission's."""


def due_reminder(days_left: int) -> int | None:
    """Which reminder is due with so many days left: the nearest one that has been reached, so that of several that were
    missed only the last comes. None before the first, and after the deadline."""
    if days_left < 0:
        return None
    return min((days for days in REMINDER_DAYS if days >= days_left), default=None)
