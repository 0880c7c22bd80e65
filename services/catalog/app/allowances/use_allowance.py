"""Keeps floods out, and words of whom was erased: how often a learner may write something in a day."""

from datetime import date, timedelta

from services.catalog.app.allowances.items import allowance_key
from services.catalog.app.context import Context
from services.catalog.app.erasure.items import Erasure, erasure_key
from services.catalog.app.problems import PERSON_ERASED, TOO_OFTEN
from services.catalog.domain.ids import LearnerId
from services.kit.allowance import Allowance
from services.kit.store import ABSENT, Check, Write, read_or

KEPT = timedelta(days=3)


def use_allowance(ctx: Context, learner_id: LearnerId, what: str, limit: int) -> list[Write]:
    """The writes that belong into the use's transaction.

    Raises:
        Problem: PERSON_ERASED; TOO_OFTEN past `limit` uses in a civil day.
    """
    if ctx.store.get(erasure_key(learner_id), Erasure):
        raise PERSON_ERASED.problem()
    now, key = ctx.clock.now(), allowance_key(learner_id, what)
    known = read_or(ctx.store, key, Allowance(date.min, 0))
    used = known.value.one_more(now)
    if used.used > limit:
        raise TOO_OFTEN.problem(limit_per_day=limit)
    return [known.put(used, int((now + KEPT).timestamp())), Check(erasure_key(learner_id), ABSENT)]
