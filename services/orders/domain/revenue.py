"""Revenue: what came in and went back, per civil day, per course, per membership plan."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.kit.days import civil_day
from services.orders.domain.movement import Movement
from services.orders.domain.order import Goods
from services.orders.domain.payment import LineKind


@dataclass
class Takings:
    """Amounts in fen, both positive, and of how many movements they are the sum."""

    paid_fen: int = 0
    refunded_fen: int = 0
    payments: int = 0
    refunds: int = 0

    @property
    def net_fen(self) -> int:
        """What stayed."""
        return self.paid_fen - self.refunded_fen

    def add(self, kind: LineKind, amount_fen: int) -> None:
        """One more movement, or part of one."""
        if kind is LineKind.PAYMENT:
            self.paid_fen += amount_fen
            self.payments += 1
        else:
            self.refunded_fen += amount_fen
            self.refunds += 1


def _takings() -> defaultdict[str, Takings]:
    return defaultdict(Takings)


@dataclass
class Revenue:
    """The sum of some movements. Per day it is all of their money; courses, plans and `unearned` share that out.

    `unearned` is what came for nothing, such as a second payment of an order, and what of it went back.
    """

    total: Takings = field(default_factory=Takings)
    days: defaultdict[date, Takings] = field(default_factory=lambda: defaultdict(Takings))
    goods: Mapping[Goods, defaultdict[str, Takings]] = field(
        default_factory=lambda: {goods: _takings() for goods in Goods}
    )
    unearned: Takings = field(default_factory=Takings)

    def add(self, moved: Movement) -> None:
        """One more movement."""
        self.total.add(moved.kind, moved.amount_fen)
        self.days[civil_day(moved.at)].add(moved.kind, moved.amount_fen)
        for share in moved.shares:
            self.goods[share.goods][share.item_id].add(moved.kind, share.amount_fen)
        rest = moved.amount_fen - moved.shared_fen
        if rest:
            self.unearned.add(moved.kind, rest)
