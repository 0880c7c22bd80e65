"""The cart: one per learner on the server, so that every device shows the same; priced anew whenever it is read."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from services.kit.call import Call
from services.kit.store import Change, Stored, commit_retrying
from services.orders.app.context import Context
from services.orders.app.courses.read_state import read_shopper, read_standing, refuse_unless_buyable
from services.orders.app.ordering.items import read_cart
from services.orders.app.ordering.problems import CART_CHANGED, CART_FULL
from services.orders.domain.cart import Cart, CartFull, CartLine
from services.orders.domain.ids import CourseId, LearnerId
from services.orders.domain.purchase_state import Standing


@dataclass(frozen=True)
class PricedLine:
    """A line of the cart with its course as that stands now."""

    line: CartLine
    standing: Standing

    @property
    def counts(self) -> bool:
        """Whether it would be ordered with the rest: selected, and nothing against it."""
        return self.line.selected and self.standing.buying_obstacle is None


@dataclass(frozen=True)
class PricedCart:
    """The cart at one instant. `version` grows with every change."""

    version: int
    lines: Sequence[PricedLine]

    @property
    def total_fen(self) -> int:
        """What the lines that count cost this learner."""
        return sum(line.standing.price.fen for line in self.lines if line.counts)


def show_cart(ctx: Context, learner_id: LearnerId) -> PricedCart:
    """The learner's cart at the prices of now."""
    stored, shopper = read_cart(ctx, learner_id), read_shopper(ctx, learner_id)
    lines = [PricedLine(line, read_standing(ctx, shopper, line.course_id).standing) for line in stored.value.lines]
    return PricedCart(stored.version, lines)


def add_to_cart(ctx: Context, call: Call, course_id: CourseId) -> PricedCart:
    """Puts a course in; one that is in it already stays as it is.

    Raises:
        Problem: COURSE_NOT_FOUND, COURSE_WITHDRAWN, ALREADY_OWNED, ORDER_PENDING, CART_FULL.
        Conflict: others kept writing.
    """

    def change(stored: Stored[Cart]) -> Cart:
        standing = read_standing(ctx, read_shopper(ctx, LearnerId(call.caller_id)), course_id).standing
        refuse_unless_buyable(standing)
        try:
            return stored.value.added(CartLine(course_id, ctx.clock.now(), standing.price.fen))
        except CartFull:
            raise CART_FULL.problem() from None

    return _change(ctx, call, change)


def remove_from_cart(ctx: Context, call: Call, course_id: CourseId) -> PricedCart:
    """Takes a course out, whether or not it was in. Raises Conflict."""
    return _change(ctx, call, lambda stored: stored.value.without([course_id]))


def select_in_cart(ctx: Context, call: Call, course_ids: Collection[CourseId], version: int) -> PricedCart:
    """Selects exactly these, as seen in a version of the cart: what another device changed meanwhile is not undone.

    Raises:
        Problem: CART_CHANGED.
        Conflict: others kept writing.
    """

    def change(stored: Stored[Cart]) -> Cart:
        if stored.version != version and stored.value != stored.value.selecting(course_ids):
            raise CART_CHANGED.problem(version=stored.version)
        return stored.value.selecting(course_ids)

    return _change(ctx, call, change)


def _change(ctx: Context, call: Call, change: Callable[[Stored[Cart]], Cart]) -> PricedCart:
    learner_id = LearnerId(call.caller_id)

    def plan() -> tuple[Change, None]:
        stored = read_cart(ctx, learner_id)
        changed = change(stored)
        return Change([stored.put(changed)] if changed != stored.value else []), None

    commit_retrying(ctx.store, plan)
    return show_cart(ctx, learner_id)
