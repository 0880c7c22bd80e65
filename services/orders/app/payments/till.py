"""What the use cases of paying share."""

from collections.abc import Callable
from dataclasses import dataclass

from services.kit.days import civil_day
from services.kit.store import Put, Stored
from services.orders.app.context import Context
from services.orders.app.keys import movement_key, payment_key
from services.orders.domain.movement import Movement
from services.orders.domain.payment import Payment, PaymentProvider, ProviderName

Provider = Callable[[ProviderName], PaymentProvider | None]
"""The provider of a name; None where we have no account there."""


@dataclass(frozen=True)
class Till:
    """Where money comes in and goes out: the service's context, and the providers."""

    context: Context
    provider: Provider


def read_payment(context: Context, number: str) -> Stored[Payment] | None:
    """The payment of a number."""
    return context.store.get(payment_key(number), Payment)


def movement(provider: str, moved: Movement) -> Put:
    """The entry of a movement of money under its civil day: what a statement of that day is compared with."""
    return Put(movement_key(provider, civil_day(moved.at), moved.kind, moved.reference), moved)
