"""What is read in the same way of all providers' answers."""

from collections.abc import Mapping
from typing import Any

from services.orders.domain.payment import ProviderUnavailable


def text_of(answer: Mapping[str, Any], name: str) -> str:
    """A member that must be a text and say something. Raises ProviderUnavailable."""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise ProviderUnavailable(f"an answer without {name}")
    return value
