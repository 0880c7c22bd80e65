"""What the providers' statements have in common: amounts in yuan and times in China."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from services.kit.days import SHANGHAI
from services.orders.domain.payment import MalformedStatement


def fen(yuan: str) -> int:
    """Exact: "19.90" is 1990. Raises MalformedStatement."""
    try:
        amount = Decimal(yuan) * 100
    except InvalidOperation as error:
        raise MalformedStatement(f"not an amount: {yuan}") from error
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise MalformedStatement(f"not an amount: {yuan}")
    return int(amount)


def instant(text: str) -> datetime:
    """The instant of a local time such as "2026-03-02 12:00:00". Raises MalformedStatement."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI).astimezone(UTC)
    except ValueError as error:
        raise MalformedStatement(f"not a time: {text}") from error
