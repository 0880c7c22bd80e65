"""Money sent back: for what was taken back, or because it should not have been paid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.kit.kinds import ID_ONLY, Kept, stored
from services.orders.domain.ids import CourseId, LearnerId, OrderId, RefundId, RevocationId
from services.orders.domain.order import Goods, TradeReference


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
    """What became of one line's grant: taken back, or kept because a watch was completed on it.

    REVERSING: it is taken back, and credits is to take back the hours of what was completed on it.
    """

    WAITING = "waiting"
    REVERSING = "reversing"
    REVOKED = "revoked"
    KEPT = "kept"


_NEXT = {
    Decision.WAITING: {Decision.REVERSING, Decision.REVOKED, Decision.KEPT},
    Decision.REVERSING: {Decision.REVOKED},
}
"""Of what is not here, nothing follows."""


@dataclass(frozen=True)
class RefundLine:
    """One line of the order, and whether its grant is taken back. `watch_ids`: the watches completed on it before."""

    revocation_id: RevocationId
    number: int
    goods: Goods
    item_id: str
    grant_id: str
    amount_fen: int
    decision: Decision = Decision.WAITING
    watch_ids: tuple[str, ...] = ()

    @property
    def course_id(self) -> CourseId | None:
        """The course; None for a period of membership."""
        return CourseId(self.item_id) if self.goods is Goods.COURSE else None


@stored(
    shape=1,
    personal=(
        ID_ONLY,
        Kept("requested_by", "reason", because="staff answer for what they send back", until="the table goes"),
    ),
)
class Refund:
    """One sum sent back once, on the payment that brought it. `paid_fen` is that payment's, `amount_fen` what is asked
    for, and once all lines are decided what is sent.

    `reverse_hours`: an administrator has hours that were earned reversed, in place of keeping the line. `reason` and
    `requested_by` are an administrator's words and opaque id, or the learner's own.
    """

    refund_id: RefundId
    order_id: OrderId
    learner_id: LearnerId
    cause: Cause
    paid_by: TradeReference | None
    paid_fen: int
    amount_fen: int
    requested_at: datetime
    correlation_id: str
    lines: tuple[RefundLine, ...] = ()
    status: RefundStatus = RefundStatus.ASKED
    reverse_hours: bool = False
    done_at: datetime | None = None
    reason: str = ""
    requested_by: str = ""

    def line(self, revocation_id: RevocationId) -> RefundLine:
        """The line of a revocation. Raises LookupError."""
        for line in self.lines:
            if line.revocation_id == revocation_id:
                return line
        raise LookupError(revocation_id)

    def decided(
        self, revocation_id: RevocationId, decision: Decision, now: datetime, watch_ids: Sequence[str] = ()
    ) -> "Refund":
        """With a line's decision; once the last is there, the money is due, or refused where nothing was taken back.

        A line that is past this decision stays as it is. Raises LookupError.
        """
        before = self.line(revocation_id)
        if decision not in _NEXT.get(before.decision, ()):
            return self
        after = replace(before, decision=decision, watch_ids=tuple(watch_ids) or before.watch_ids)
        lines = tuple(after if line is before else line for line in self.lines)
        status = _status(lines)
        amount_fen = self.amount_fen if status is RefundStatus.ASKED else _sum(lines)
        over = status in (RefundStatus.DONE, RefundStatus.REFUSED)
        return replace(self, lines=lines, amount_fen=amount_fen, status=status, done_at=now if over else self.done_at)

    def sent_again(self) -> "Refund":
        """Due once more after it failed. Raises ValueError where it did not fail."""
        if self.status is not RefundStatus.FAILED:
            raise ValueError(f"{self.refund_id} is {self.status}")
        return replace(self, status=RefundStatus.DUE, done_at=None)


def revocation_of(refund_id: RefundId, number: int) -> RevocationId:
    """The id of the revocation of an order's line by a refund."""
    return RevocationId(f"{refund_id}-{number:02}")


def refund_of(revocation_id: RevocationId) -> RefundId:
    """The refund that a revocation belongs to."""
    return RefundId(revocation_id.rpartition("-")[0])


def _sum(lines: Sequence[RefundLine]) -> int:
    return sum(line.amount_fen for line in lines if line.decision is Decision.REVOKED)


def _status(lines: Sequence[RefundLine]) -> RefundStatus:
    decisions = {line.decision for line in lines}
    if decisions & {Decision.WAITING, Decision.REVERSING}:
        return RefundStatus.ASKED
    if Decision.REVOKED not in decisions:
        return RefundStatus.REFUSED
    return RefundStatus.DUE if _sum(lines) else RefundStatus.DONE
