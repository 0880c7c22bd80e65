"""Membership plans and their versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Plan:
    """One version of a plan, in force from a civil date in Asia/Shanghai."""

    id: str
    effective_from: date
    title: str
    title_en: str
    length_months: int
    member_recommended_claims: bool
    opens_library: bool
    quota_hours: Decimal


class Plans:
    """Every version of every plan."""

    def __init__(self, versions: Sequence[Plan]) -> None:
        """Raises ValueError where a plan has two versions of one date."""
        self._versions = sorted(versions, key=lambda plan: plan.effective_from)
        if len({(plan.id, plan.effective_from) for plan in versions}) != len(versions):
            raise ValueError("two versions of one plan from the same date")

    def in_force(self, plan_id: str, day: date) -> Plan | None:
        """The version of a plan that a membership granted on this day gets; None where there is none."""
        found = [plan for plan in self._versions if plan.id == plan_id and plan.effective_from <= day]
        return found[-1] if found else None

    def version(self, plan_id: str, effective_from: date) -> Plan:
        """The version that a membership was granted under. Raises LookupError: versions are never removed."""
        for plan in self._versions:
            if (plan.id, plan.effective_from) == (plan_id, effective_from):
                return plan
        raise LookupError(f"{plan_id} from {effective_from}")
