"""Money sent back: for what was taken back, or because it should not have been paid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.orders.domain.order import Goods, PaidBy


class Cause(StrEnum):
    """Why money goes back. The last two ask nobody: nothing was given for it."""

    LEARNER = "learner"
    ADMINISTRATOR = "administrator"
    PAID_TWICE = "paid_twice"
    PAID_TOO_LATE = "paid_too_late"


class RefundStatus(StrEnum):
    """How a refund stands. DUE: the provider is to send the money; FAILED: it cannot, and somebody must act."""

    ASKED = "asked"
    DUE = "due"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Decision(StrEnum):
    """What became of one line's grant: taken back, or kept because hours were earned on it."""

    WAITING = "waiting"
    REVOKED = "revoked"
    KEPT = "kept"


@dataclass(frozen=True)
class RefundLine:
    """One line of the order, and whether its grant is taken back. Its id is the revocation's."""

    revocation_id: str
    number: int
    goods: Goods
    item_id: str
    grant_id: str
    amount_fen: int
    decision: Decision = Decision.WAITING


@dataclass(frozen=True)
class Refund:
    """One sum sent back once, on the payment that brought it. `paid_fen` is that payment's.

    `reverse_hours`: an administrator has hours that were earned reversed, in place of keeping the line.
    """

    refund_id: str
    order_id: str
    learner_id: str
    cause: Cause
    paid_by: PaidBy | None
    paid_fen: int
    amount_fen: int
    requested_at: datetime
    correlation_id: str
    lines: tuple[RefundLine, ...] = ()
    status: RefundStatus = RefundStatus.ASKED
    reverse_hours: bool = False
    done_at: datetime | None = None

    def decided(self, revocation_id: str, decision: Decision) -> "Refund":
        """With a line's decision; once the last is there, the money is due, or refused where nothing was taken back.

        Raises LookupError.
        """
        if revocation_id not in {line.revocation_id for line in self.lines}:
            raise LookupError(revocation_id)
        lines = tuple(
            replace(line, decision=decision) if line.revocation_id == revocation_id else line for line in self.lines
        )
        return replace(self, lines=lines, amount_fen=_sum(lines), status=_status(lines))


def _sum(lines: Sequence[RefundLine]) -> int:
    return sum(line.amount_fen for line in lines if line.decision is Decision.REVOKED)


def _status(lines: Sequence[RefundLine]) -> RefundStatus:
    decisions = {line.decision for line in lines}
    if Decision.WAITING in decisions:
        return RefundStatus.ASKED
    if Decision.REVOKED not in decisions:
        return RefundStatus.REFUSED
    return RefundStatus.DUE if _sum(lines) else RefundStatus.DONE
