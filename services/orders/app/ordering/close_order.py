"""Giving up an open order, and writing down that one has expired."""

from services.kit.call import Call
from services.kit.store import Change, Stored, commit_retrying
from services.orders.app.context import Context
from services.orders.app.coupons.usage import release
from services.orders.app.ordering.items import read_order
from services.orders.app.ordering.problems import ORDER_NOT_CANCELLABLE
from services.orders.app.ordering.read_orders import known_order
from services.orders.domain.ids import LearnerId, OrderId
from services.orders.domain.order import Order, OrderState


def cancel_order(ctx: Context, call: Call, order_id: OrderId) -> Order:
    """Gives up an own open order, and what it reserved; once more for one that was given up already.

    Raises:
        Problem: ORDER_NOT_FOUND, ORDER_NOT_CANCELLABLE.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Order]:
        stored = known_order(ctx, order_id, LearnerId(call.caller_id))
        state = stored.value.state_at(ctx.clock.now())
        if state is OrderState.CANCELLED:
            return Change(), stored.value
        if state is not OrderState.OPEN:
            raise ORDER_NOT_CANCELLABLE.problem(state=state)
        return _closed(ctx, stored, OrderState.CANCELLED)

    return commit_retrying(ctx.store, plan)


def expire_order(ctx: Context, order_id: OrderId) -> bool:
    """Writes down that an open order's time is over, and gives back what it reserved; returns whether this did it.

    Raises LookupError, Conflict.
    """

    def plan() -> tuple[Change, bool]:
        stored = read_order(ctx, order_id)
        over = stored.value.state_at(ctx.clock.now()) is OrderState.EXPIRED
        if stored.value.state is not OrderState.OPEN or not over:
            return Change(), False
        return _closed(ctx, stored, OrderState.EXPIRED)[0], True

    return commit_retrying(ctx.store, plan)


def _closed(ctx: Context, stored: Stored[Order], state: OrderState) -> tuple[Change, Order]:
    closed = stored.value.closed(state, ctx.clock.now())
    return Change([stored.put(closed), *release(ctx, stored.value)]), closed
