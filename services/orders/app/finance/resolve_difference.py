"""Saying that a difference was found out about, and why it is none any more."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.kit.call import Call
from services.kit.store import Change, Key, Put, commit_retrying
from services.orders.app.context import Context
from services.orders.app.finance.items import resolution_key, resolutions
from services.orders.app.finance.problems import DIFFERENCE_NOT_FOUND
from services.orders.app.finance.request_check import read_check
from services.orders.domain.ids import CheckId
from services.orders.domain.payment import LineKind
from services.orders.domain.statement_check import ReportedDifference, Resolution, StatementCheck


@dataclass(frozen=True)
class CheckView:
    """A check, and what finance says of its differences."""

    check: StatementCheck
    resolved: Mapping[Key, Resolution]

    def resolution(self, found: ReportedDifference) -> Resolution | None:
        """What finance says of this one."""
        return self.resolved.get(resolution_key(self.check.provider, self.check.day, found))


def view_check(ctx: Context, check: StatementCheck) -> CheckView:
    """With what finance says of it: a query where there are differences."""
    different = check.result is not None and not check.result.is_clean
    return CheckView(check, resolutions(ctx.store, check.provider, check.day) if different else {})


def resolve_difference(
    ctx: Context, call: Call, check_id: CheckId, kind: LineKind, reference: str, reason: str
) -> CheckView:
    """Marks a difference of a check as found out about, for all checks of the day that tell the same; once.

    Raises:
        Problem: RECONCILIATION_NOT_FOUND, DIFFERENCE_NOT_FOUND.
        Conflict: others kept writing.
    """
    check = read_check(ctx, check_id)
    shown = check.result.first if check.result else ()
    keys = {
        resolution_key(check.provider, check.day, found)
        for found in shown
        if (found.difference.kind, found.difference.reference) == (kind, reference)
    }
    if not keys:
        raise DIFFERENCE_NOT_FOUND.problem()

    def plan() -> tuple[Change, None]:
        new = [key for key in sorted(keys, key=lambda key: key.sk) if ctx.store.get(key, Resolution) is None]
        resolution = Resolution(ctx.clock.now(), call.caller_id, reason)
        audit = ctx.audit.entry(call.caller, "resolve_difference", f"{check_id}/{kind}/{reference}", reason)
        return Change([*(Put(key, resolution) for key in new), audit] if new else []), None

    commit_retrying(ctx.store, plan)
    return view_check(ctx, check)
