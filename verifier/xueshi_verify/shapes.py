"""Which members an object has, and of which kind they are. Whatever passes needs no further doubt about its types."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from xueshi_verify.encoding import Unreadable

MAX_ID = 256
MAX_TEXT = 10_000

Is = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    """A text that is not too long."""
    return isinstance(value, str) and len(value) <= MAX_TEXT


def is_id(value: Any) -> bool:
    """A text that names something."""
    return is_text(value) and 0 < len(value) <= MAX_ID


def is_integer(value: Any) -> bool:
    """A whole number, which `True` is not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_count(value: Any) -> bool:
    """From 0."""
    return is_integer(value) and value >= 0


def is_positive(value: Any) -> bool:
    """From 1."""
    return is_integer(value) and value >= 1


def is_list(value: Any) -> bool:
    """A list."""
    return isinstance(value, list)


def is_object(value: Any) -> bool:
    """An object."""
    return isinstance(value, dict)


def is_day(value: Any) -> bool:
    """A civil day as `YYYY-MM-DD`."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def matching(pattern: str) -> Is:
    """A text of this form as a whole, ASCII digits where it says digits."""
    form = re.compile(pattern)
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def one_of(*values: str) -> Is:
    """One of these texts."""
    return lambda value: isinstance(value, str) and value in values


def maybe(is_: Is) -> Is:
    """Null, or as said."""
    return lambda value: value is None or is_(value)


def require(
    value: Any, members: Mapping[str, Is], where: str, code: str = "document", absent: frozenset[str] = frozenset()
) -> None:
    """Checks that an object has these members and no other; those in `absent` may be missing. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable(code, f"{where} is no object")
    if unknown := value.keys() - members.keys():
        raise Unreadable(code, f"{where} has {len(unknown)} members that this version does not know")
    for name, is_ in members.items():
        if name in value and not is_(value[name]):
            raise Unreadable(code, f"{name} of {where} is not as it must be")
        if name not in value and name not in absent:
            raise Unreadable(code, f"{name} of {where} is missing")
