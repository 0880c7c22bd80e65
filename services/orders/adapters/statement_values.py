"""What the providers' statements have in common: amounts in yuan and times in China."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from services.kit.days import SHANGHAI
from services.orders.domain.payment import MalformedStatement


def lines_of(text: str) -> list[str]:
    """The lines that say something. Only a line feed ends one: a course's title may hold what Unicode calls one too."""
    return [line for line in (line.rstrip("\r") for line in text.split("\n")) if line.strip()]


def record_of(names: Sequence[str], values: Sequence[str], separator: str, spread: str) -> dict[str, str]:
    """Values by name. Nothing quotes a separator in the value called `spread`: what is too many is of that.

    Raises MalformedStatement.
    """
    more = len(values) - len(names)
    if more < 0 or (more and spread not in names):
        raise MalformedStatement(f"{len(values)} values under {len(names)} names")
    at = names.index(spread) if more else 0
    whole = separator.join(values[at : at + more + 1])
    return dict(zip(names, [*values[:at], whole, *values[at + more + 1 :]], strict=True))


def fen(yuan: str) -> int:
    """Exact: "19.90" is 1990. Raises MalformedStatement."""
    try:
        amount = Decimal(yuan) * 100
    except InvalidOperation as error:
        raise MalformedStatement(f"not an amount: {yuan}") from error
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise MalformedStatement(f"not an amount: {yuan}")
    return int(amount)


def fee_fen(yuan: str) -> int:
    """A fee to the fen, which providers tell with more digits and signs of their own. Raises MalformedStatement."""
    try:
        return int((abs(Decimal(yuan or "0")) * 100).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise MalformedStatement(f"not a fee: {yuan}") from error


def instant(text: str) -> datetime:
    """The instant of a local time such as "2026-03-02 12:00:00". Raises MalformedStatement."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI).astimezone(UTC)
    except ValueError as error:
        raise MalformedStatement(f"not a time: {text}") from error
