"""Keeps floods out, and words of whom was erased: how often a learner may write something in a day."""

from datetime import date, timedelta

from services.catalog.app.allowances.items import allowance_key
from services.catalog.app.context import Context
from services.catalog.app.erasure.items import Erasure, erasure_key
from services.catalog.app.problems import PERSON_ERASED, TOO_OFTEN
from services.catalog.domain.allowance import Allowance
from services.catalog.domain.ids import LearnerId
from services.kit.store import ABSENT, Check, Put, Write

KEPT = timedelta(days=3)


def use_allowance(ctx: Context, learner_id: LearnerId, what: str, limit: int) -> list[Write]:
    """The writes that belong into the use's transaction.

    Raises:
        Problem: PERSON_ERASED; TOO_OFTEN past `limit` uses in a civil day.
    """
    if ctx.store.get(erasure_key(learner_id), Erasure):
        raise PERSON_ERASED.problem()
    now, key = ctx.clock.now(), allowance_key(learner_id, what)
    known = ctx.store.get(key, Allowance)
    used = (known.value if known else Allowance(date.min, 0)).one_more(now)
    if used.used > limit:
        raise TOO_OFTEN.problem(limit_per_day=limit)
    expires_at = int((now + KEPT).timestamp())
    counted = known.put(used, expires_at) if known else Put(key, used, expires_at=expires_at)
    return [counted, Check(erasure_key(learner_id), ABSENT)]
