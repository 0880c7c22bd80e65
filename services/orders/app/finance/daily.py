"""What is asked for once for each civil day that is over, however often and late the schedule calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from services.kit.days import civil_day
from services.kit.events import Envelope
from services.kit.store import Change, Conflict, Put
from services.orders.app.context import Context
from services.orders.app.finance.items import DailyTask, daily_key

MAKES_UP_FOR = 7
"""Days for which it is still asked if it was not."""


@dataclass(frozen=True)
class Assignment:
    """What is to be done: its id, how it is kept, and the event that has it done."""

    subject: str
    kept: Put
    event: Envelope


def ask_for_days_over(ctx: Context, task: str, ask: Callable[[date], Assignment]) -> list[date]:
    """Asks for each of the last days that is over, once; returns those asked for now."""
    today = civil_day(ctx.clock.now())
    days = [today - timedelta(days=number) for number in range(MAKES_UP_FOR, 0, -1)]
    return [day for day in days if _ask_once(ctx, task, day, ask)]


def _ask_once(ctx: Context, task: str, day: date, ask: Callable[[date], Assignment]) -> bool:
    key = daily_key(task, day)
    if ctx.store.get(key, DailyTask) is not None:
        return False
    asked = ask(day)
    try:
        ctx.store.commit(Change([Put(key, DailyTask(asked.subject)), asked.kept], [asked.event]))
    except Conflict:
        # Another call of the schedule asked at the same moment.
        return False
    return True
