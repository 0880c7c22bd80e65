"""Membership plans and their versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.orders.domain.ids import PlanId


@dataclass(frozen=True)
class Plan:
    """One version of a plan, in force from a civil date in Asia/Shanghai.

    `price_fen`: what a period costs; None: it is granted only, not sold. `member_discount_percent`: off the list price
    of every course that has no lower price for members of its own.
    """

    id: PlanId
    effective_from: date
    title: str
    title_en: str
    length_months: int
    member_recommended_claims: bool
    opens_library: bool
    quota_hours: Decimal
    price_fen: int | None = None
    member_discount_percent: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError where the figures make no sense."""
        if not 0 <= self.member_discount_percent <= 100 or (self.price_fen is not None and self.price_fen <= 0):
            raise ValueError(f"{self.id} from {self.effective_from}: price or discount")


class Plans:
    """Every version of every plan."""

    def __init__(self, versions: Sequence[Plan]) -> None:
        """Raises ValueError where a plan has two versions of one date."""
        self._versions = sorted(versions, key=lambda plan: plan.effective_from)
        if len({(plan.id, plan.effective_from) for plan in versions}) != len(versions):
            raise ValueError("two versions of one plan from the same date")

    def in_force(self, plan_id: PlanId, day: date) -> Plan | None:
        """The version of a plan that a membership granted on this day gets; None where there is none."""
        found = [plan for plan in self._versions if plan.id == plan_id and plan.effective_from <= day]
        return found[-1] if found else None

    def on_offer(self, day: date) -> list[Plan]:
        """The plans that are sold on this day, each in the version then in force, cheapest first."""
        in_force = (self.in_force(plan_id, day) for plan_id in sorted({plan.id for plan in self._versions}))
        sold = [plan for plan in in_force if plan is not None and plan.price_fen is not None]
        return sorted(sold, key=lambda plan: plan.price_fen or 0)

    def version(self, plan_id: PlanId, effective_from: date) -> Plan:
        """The version that a membership was granted under. Raises LookupError: versions are never removed."""
        for plan in self._versions:
            if (plan.id, plan.effective_from) == (plan_id, effective_from):
                return plan
        raise LookupError(f"{plan_id} from {effective_from}")
