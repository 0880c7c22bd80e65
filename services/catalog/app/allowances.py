"""Keeps floods out, and words of whom was erased: how often a learner may write something in a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from services.catalog.app.items import allowance_key, erased_key
from services.catalog.app.problems import PERSON_ERASED, TOO_OFTEN
from services.catalog.domain.allowance import Allowance
from services.kit.store import ABSENT, Check, Put, Store, Write

KEPT = timedelta(days=3)


@dataclass(frozen=True)
class Erased:
    """That a person was erased. A token that is out works for an hour more, and must write nothing."""

    at: datetime


def one_use(store: Store, now: datetime, learner_id: str, what: str, limit: int) -> list[Write]:
    """The writes that belong into the use's transaction.

    Raises:
        Problem: PERSON_ERASED; TOO_OFTEN past `limit` uses in a civil day.
    """
    if store.get(erased_key(learner_id), Erased):
        raise PERSON_ERASED.problem()
    key = allowance_key(learner_id, what)
    known = store.get(key, Allowance)
    used = (known.value if known else Allowance(date.min, 0)).one_more(now)
    if used.used > limit:
        raise TOO_OFTEN.problem(limit_per_day=limit)
    expires_at = int((now.astimezone(UTC) + KEPT).timestamp())
    counted = Put(key, used, after=known.version if known else ABSENT, expires_at=expires_at)
    return [counted, Check(erased_key(learner_id), ABSENT)]
