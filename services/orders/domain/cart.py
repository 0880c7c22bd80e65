"""A learner's cart: what they mean to buy, and what it cost when they put it there."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from services.kit.kinds import ID_ONLY, stored
from services.orders.domain.ids import CourseId
from services.orders.domain.order import MAX_LINES


class CartFull(Exception):
    """It holds as many courses as an order may have."""


@dataclass(frozen=True)
class CartLine:
    """One course. `price_fen` is what it cost this learner when it was added: only to show what has changed since."""

    course_id: CourseId
    added_at: datetime
    price_fen: int
    selected: bool = True


@stored(shape=1, personal=ID_ONLY)
class Cart:
    """One per learner, whatever the device; every course at most once, in the order they were added."""

    lines: tuple[CartLine, ...] = ()

    def holds(self, course_id: CourseId) -> bool:
        """Whether the course is in it."""
        return any(line.course_id == course_id for line in self.lines)

    def added(self, line: CartLine) -> "Cart":
        """With one more course; unchanged where it is in the cart already. Raises CartFull."""
        if self.holds(line.course_id):
            return self
        if len(self.lines) >= MAX_LINES:
            raise CartFull
        return replace(self, lines=(*self.lines, line))

    def without(self, course_ids: Collection[CourseId]) -> "Cart":
        """Without these courses, whether or not it held them."""
        return replace(self, lines=tuple(line for line in self.lines if line.course_id not in course_ids))

    def selecting(self, course_ids: Collection[CourseId]) -> "Cart":
        """With exactly these courses selected, as far as it holds them."""
        return replace(self, lines=tuple(replace(line, selected=line.course_id in course_ids) for line in self.lines))
