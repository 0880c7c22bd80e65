"""What payments need of the rest of orders, and the providers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.kit.store import Stored
from services.orders.app.context import Context
from services.orders.app.keys import payment_key
from services.orders.domain.payment import Payment, PaymentProvider, ProviderName, Trade

Provider = Callable[[ProviderName], PaymentProvider | None]
"""The provider of a name; None where we have no account there."""


@dataclass(frozen=True)
class Payable:
    """An order as far as paying it goes. `is_open`: it waits for its payment."""

    order_id: str
    learner_id: str
    amount_fen: int
    description: str
    expires_at: datetime
    is_open: bool

    def open_at(self, instant: datetime) -> bool:
        """Whether it can be paid at this instant."""
        return self.is_open and instant < self.expires_at


class Orders(Protocol):
    """The orders that payments are of."""

    def payable(self, order_id: str) -> Payable | None:
        """The order of an id."""

    def paid(self, payment: Payment, trade: Trade) -> None:
        """Takes note that it was paid, once however often told: grants what was bought, or sends the money back."""


@dataclass(frozen=True)
class Till:
    """What the use cases of paying work with."""

    context: Context
    orders: Orders
    provider: Provider


def read_payment(context: Context, number: str) -> Stored[Payment] | None:
    """The payment of a number."""
    return context.store.get(payment_key(number), Payment)
