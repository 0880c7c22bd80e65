"""Keeps floods out: how often a learner may do something in a day."""

from datetime import UTC, date, datetime, timedelta

from services.catalog.app.items import allowance_key
from services.catalog.app.problems import TOO_OFTEN
from services.catalog.domain.allowance import Allowance
from services.kit.store import ABSENT, Put, Store

KEPT = timedelta(days=3)


def one_use(store: Store, now: datetime, learner_id: str, what: str, limit: int) -> Put:
    """The write that belongs into the use's transaction. Raises TOO_OFTEN past `limit` uses in a civil day."""
    key = allowance_key(learner_id, what)
    known = store.get(key, Allowance)
    used = (known.value if known else Allowance(date.min, 0)).one_more(now)
    if used.used > limit:
        raise TOO_OFTEN.problem(limit_per_day=limit)
    expires_at = int((now.astimezone(UTC) + KEPT).timestamp())
    return Put(key, used, after=known.version if known else ABSENT, expires_at=expires_at)
