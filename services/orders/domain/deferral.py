"""Deferred revenue: what a period of service brings in each civil month in China that it lasts."""

from datetime import datetime, timedelta

from services.kit.days import SHANGHAI
from services.orders.domain.coupon import split

_MICROSECOND = timedelta(microseconds=1)


def by_month(amount_fen: int, start: datetime, end: datetime) -> list[tuple[str, int]]:
    """Months (2026-03) with their parts of an amount, fen: in proportion to the time in each, and exactly the amount.

    The service lasts from `start` until `end`, which is later and not included.
    """
    edges = [start]
    while (following := _next_month(edges[-1])) < end:
        edges.append(following)
    spans = [(later - edge) // _MICROSECOND for edge, later in zip(edges, [*edges[1:], end], strict=True)]
    months = [f"{edge.astimezone(SHANGHAI):%Y-%m}" for edge in edges]
    return list(zip(months, split(amount_fen, spans), strict=True))


def _next_month(instant: datetime) -> datetime:
    local = instant.astimezone(SHANGHAI)
    year, month = divmod(local.year * 12 + local.month, 12)
    return datetime(year, month + 1, 1, tzinfo=SHANGHAI)
