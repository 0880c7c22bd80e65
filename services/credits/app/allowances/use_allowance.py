"""Keeps floods out: how often somebody may do something in a civil day."""

from datetime import date, timedelta

from services.credits.app.allowances.problems import TOO_OFTEN
from services.credits.app.context import Context
from services.kit.allowance import Allowance
from services.kit.store import Key, Put, read_or

KEPT = timedelta(days=3)


def allowance_key(person_id: str, what: str) -> Key:
    """How much of a day's allowance somebody has used."""
    return Key(f"ALLOWANCE#{person_id}", what)


def use_allowance(ctx: Context, person_id: str, what: str, limit: int) -> Put:
    """The write that belongs into the use's transaction.

    Raises:
        Problem: TOO_OFTEN past `limit` uses in a civil day.
    """
    now = ctx.clock.now()
    known = read_or(ctx.store, allowance_key(person_id, what), Allowance(date.min, 0))
    used = known.value.one_more(now)
    if used.used > limit:
        raise TOO_OFTEN.problem(limit_per_day=limit)
    return known.put(used, int((now + KEPT).timestamp()))
