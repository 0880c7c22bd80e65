"""The log of what staff did."""

from datetime import UTC, datetime

import pytest

from services.kit.audit import AuditLog
from services.kit.identity import Principal, Role
from tests.fakes.clock import ManualClock
from tests.fakes.ids import SequentialIds


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC), "2026-02"),
        (datetime(2026, 2, 28, 16, tzinfo=UTC), "2026-03"),
        (datetime(2026, 12, 31, 16, tzinfo=UTC), "2027-01"),
    ],
)
def test_a_month_is_one_of_shanghai_and_sorted_by_instant(at: datetime, month: str) -> None:
    put = AuditLog(ManualClock(at), SequentialIds()).entry(
        Principal("staff-1", frozenset({Role.EDITOR})), "a", "s", "r"
    )
    assert put.key.pk == f"AUDIT#{month}"
    assert put.key.sk.startswith(f"{at:%Y-%m-%dT%H:%M:%S}.000")
