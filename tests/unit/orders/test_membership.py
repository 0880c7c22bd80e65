"""Memberships: plans as data, periods half-open to the second, granting."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.kit.audit import AuditRecord
from services.kit.problems import Problem
from services.orders.adapters.plan_file import load_plans
from services.orders.app.memberships.grant_membership import grant_membership
from services.orders.app.memberships.items import membership_key
from services.orders.app.memberships.read_membership import read_membership
from services.orders.domain.ids import PeriodId, PlanId
from services.orders.domain.membership import Membership, add_months
from services.orders.domain.plan import Plan, Plans
from tests.unit.orders.world import (
    ADMINISTRATOR,
    KEY,
    MEMBER,
    NOON_IN_SHANGHAI,
    OTHER_KEY,
    VIP,
    Crash,
    World,
    a_call,
    die,
)

SECOND = timedelta(seconds=1)
YEAR = Plan(VIP, date(2025, 1, 1), "VIP会员", "VIP membership", 12, True, True, Decimal("25"))


def refused(problem: pytest.ExceptionInfo[Problem]) -> str:
    """The code."""
    return problem.value.type.code


def test_validity_is_half_open_to_the_second() -> None:
    now = NOON_IN_SHANGHAI.replace(microsecond=999_000)
    membership = Membership(MEMBER).extended(YEAR, now, PeriodId("p1"))
    period = membership.periods[0]
    assert period.valid_from == NOON_IN_SHANGHAI
    assert period.valid_until == datetime(2027, 3, 2, 4, 0, tzinfo=UTC)
    assert membership.period_at(period.valid_from - timedelta(microseconds=1)) is None
    assert membership.period_at(period.valid_from) == period
    assert membership.period_at(period.valid_until - timedelta(microseconds=1)) == period
    assert membership.period_at(period.valid_until) is None


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-02-29T12:00:00+08:00", 12, "2025-02-28T12:00:00+08:00"),
        ("2026-01-31T00:00:00+08:00", 1, "2026-02-28T00:00:00+08:00"),
        ("2026-12-31T23:59:59+08:00", 2, "2027-02-28T23:59:59+08:00"),
        # 00:30 in Shanghai is still the day before in UTC: the day that counts is Shanghai's.
        ("2026-03-01T00:30:00+08:00", 12, "2027-03-01T00:30:00+08:00"),
    ],
)
def test_months_are_civil_months_in_shanghai(start: str, months: int, end: str) -> None:
    assert add_months(datetime.fromisoformat(start), months) == datetime.fromisoformat(end)


def test_renewing_before_the_end_follows_on_and_after_it_starts_anew() -> None:
    membership = Membership(MEMBER).extended(YEAR, NOON_IN_SHANGHAI, PeriodId("p1"))
    first = membership.periods[0]
    renewed = membership.extended(YEAR, first.valid_until - SECOND, PeriodId("p2"))
    assert renewed.periods[1].valid_from == first.valid_until
    assert renewed.valid_until(NOON_IN_SHANGHAI) == renewed.periods[1].valid_until
    late = membership.extended(YEAR, first.valid_until + SECOND, PeriodId("p2"))
    assert late.periods[1].valid_from == first.valid_until + SECOND
    assert late.valid_until(NOON_IN_SHANGHAI) == first.valid_until
    assert late.valid_until(first.valid_until) is None


def test_a_plan_version_applies_from_its_date_and_stays_with_those_who_have_it() -> None:
    later = replace(YEAR, effective_from=date(2026, 7, 1), length_months=6)
    plans = Plans([later, YEAR])
    assert plans.in_force(VIP, date(2024, 12, 31)) is None
    assert plans.in_force(VIP, date(2026, 6, 30)) == YEAR
    assert plans.in_force(VIP, date(2026, 7, 1)) == later
    assert plans.in_force(PlanId("svip"), date(2026, 7, 1)) is None
    assert plans.version(VIP, date(2025, 1, 1)) == YEAR
    with pytest.raises(LookupError):
        plans.version(VIP, date(2025, 1, 2))
    with pytest.raises(ValueError, match="two versions"):
        Plans([YEAR, YEAR])


def test_the_deployed_plans() -> None:
    vip = load_plans().in_force(VIP, date(2026, 1, 1))
    assert vip
    assert (vip.length_months, vip.quota_hours, vip.member_recommended_claims) == (12, Decimal("25"), True)


def test_a_plan_file_with_an_unknown_member_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plans.toml"
    file.write_text("plans = []\n", "utf-8")
    with pytest.raises(ValidationError):
        load_plans(file)


def test_granting_writes_membership_and_audit_record_together(world: World) -> None:
    period = world.grant(reason="won a prize")
    assert period.valid_from == NOON_IN_SHANGHAI
    audit = world.store.query("AUDIT#2026-03", "", AuditRecord)
    assert [record.value for record in audit] == [
        AuditRecord(NOON_IN_SHANGHAI, ADMINISTRATOR.id, "grant_membership", MEMBER, "won a prize")
    ]
    (told,) = world.store.outbox
    assert (told.type, told.subject, told.sequence) == ("orders.membership_changed.v1", period.id, 1)
    assert told.data == {
        "learner_id": MEMBER,
        "membership_period_id": period.id,
        "plan_id": "vip",
        "valid_from": "2026-03-02T04:00:00Z",
        "valid_until": "2027-03-02T04:00:00Z",
        "quota_hours": "25",
        "opens_library": True,
        "revoked": False,
    }


def test_a_revoked_period_does_not_hold() -> None:
    membership = Membership(MEMBER).extended(YEAR, NOON_IN_SHANGHAI, PeriodId("p1"))
    revoked = replace(membership, periods=(replace(membership.periods[0], revoked=True),))
    assert revoked.period_at(NOON_IN_SHANGHAI) is None
    assert revoked.valid_until(NOON_IN_SHANGHAI) is None


def test_the_same_key_gets_the_same_answer_and_grants_once(world: World) -> None:
    first = world.grant()
    world.clock.advance(60_000)
    assert world.grant() == first
    assert len(read_membership(world.ctx, MEMBER).membership.periods) == 1
    assert len(world.store.query("AUDIT#2026-03", "", AuditRecord)) == 1
    assert len(world.store.outbox) == 1


def test_the_same_key_for_something_else_is_refused(world: World) -> None:
    world.grant()
    before = world.store.snapshot()
    with pytest.raises(Problem) as problem:
        world.grant(reason="another reason")
    assert refused(problem) == "IDEMPOTENCY_KEY_REUSED"
    assert world.store.snapshot() == before


def test_another_key_extends_the_running_membership(world: World) -> None:
    first = world.grant()
    second = world.grant(key=OTHER_KEY)
    assert second.valid_from == first.valid_until
    view = read_membership(world.ctx, MEMBER)
    assert (view.current, view.valid_until) == (first, second.valid_until)


def test_an_unknown_plan_is_refused(world: World) -> None:
    before = world.store.snapshot()
    with pytest.raises(Problem) as problem:
        grant_membership(world.ctx, a_call(ADMINISTRATOR, KEY, "request-0"), MEMBER, PlanId("gold"), "why not")
    assert refused(problem) == "PLAN_NOT_FOUND"
    assert world.store.snapshot() == before


def test_two_grants_at_once_both_count(world: World) -> None:
    world.store.before_commit = lambda: world.grant(key=OTHER_KEY)
    second = world.grant()
    periods = read_membership(world.ctx, MEMBER).membership.periods
    assert len(periods) == 2
    assert periods[1] == second
    assert periods[0].valid_until == second.valid_from


def test_a_crash_after_the_commit_is_made_good_by_the_retry(world: World) -> None:
    world.store.after_commit = die
    with pytest.raises(Crash):
        world.grant()
    world.grant()
    assert len(read_membership(world.ctx, MEMBER).membership.periods) == 1


def test_nobody_is_a_member_before_a_grant(world: World) -> None:
    view = read_membership(world.ctx, MEMBER)
    assert (view.membership.periods, view.current, view.plan, view.valid_until) == ((), None, None, None)
    assert world.store.get(membership_key(MEMBER), Membership) is None
