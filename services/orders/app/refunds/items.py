"""What is kept of refunds, and where."""

from services.kit.kinds import NOTHING, stored
from services.kit.store import Key, Put, Stored, required
from services.orders.app.context import Context
from services.orders.domain.ids import OrderId, RefundId, RevocationId
from services.orders.domain.refund import Decision, Refund, refund_of


def refund_key(refund_id: RefundId) -> Key:
    """A refund by its id, which begins with the hour it was asked for in."""
    return Key(refunds_of_hour(refund_id), refund_id or "-")


def refunds_of_hour(hour: str) -> str:
    """Partition of the refunds asked for in an hour (UTC; a refund's id will do)."""
    return f"REFUNDS#{hour[:10]}"


def read_refund(ctx: Context, refund_id: RefundId) -> Stored[Refund]:
    """The refund of an id. Raises LookupError."""
    return required(ctx.store.get(refund_key(refund_id), Refund), LookupError(refund_id))


@stored(shape=1, personal=NOTHING)
class RefundOfOrder:
    """A refund that an order has. How it stands, the refund says."""

    refund_id: RefundId


def order_refund_key(order_id: OrderId, refund_id: RefundId) -> Key:
    """Says that a refund is of this order."""
    return Key(f"ORDER#{order_id}", f"REFUND#{refund_id}")


def order_refunds(order_id: OrderId) -> tuple[str, str]:
    """Partition and sort-key prefix of what says which refunds an order has."""
    return f"ORDER#{order_id}", "REFUND#"


@stored(shape=1, personal=NOTHING)
class LineAnswer:
    """What playback answered about one line of a refund, or credits about its hours (`reversal`). It never changes.

    `event_id` is of the answer: what follows from it names it as its cause.
    """

    revocation_id: RevocationId
    decision: Decision
    watch_ids: tuple[str, ...]
    event_id: str
    reversal: bool = False


def line_answer_key(answer: LineAnswer) -> Key:
    """The one answer about a line, or about its hours; that one comes behind it."""
    partition, prefix = line_answers(refund_of(answer.revocation_id))
    return Key(partition, f"{prefix}{answer.revocation_id}#{'reversed' if answer.reversal else 'decided'}")


def line_answers(refund_id: RefundId) -> tuple[str, str]:
    """Partition and sort-key prefix of what was answered about a refund's lines."""
    return f"REFUND#{refund_id}", "ANSWER#"


def new_refund(refund: Refund) -> list[Put]:
    """The writes of a refund that is asked for now."""
    place = order_refund_key(refund.order_id, refund.refund_id)
    return [Put(refund_key(refund.refund_id), refund), Put(place, RefundOfOrder(refund.refund_id))]
