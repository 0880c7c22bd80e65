"""Who of the staff may find learners by what, and how much of a person they see (decision 0056)."""

from collections.abc import Callable, Iterable
from enum import IntEnum, StrEnum

from services.credits.domain.names import masked
from services.kit.identity import Role


class LookupKey(StrEnum):
    """By what a learner is found."""

    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    CERTIFICATE_NUMBER = "certificate_number"
    LEARNER_ID = "learner_id"


class Sight(IntEnum):
    """How much of a person somebody sees."""

    NOTHING = 0
    MASKED = 1
    ALL = 2


_NUMBER_AND_ID = frozenset({LookupKey.CERTIFICATE_NUMBER, LookupKey.LEARNER_ID})
MAY_FIND_BY = {
    Role.ADMINISTRATOR: frozenset(LookupKey),
    Role.SUPPORT: frozenset(LookupKey),
    Role.FINANCE: frozenset({LookupKey.EMAIL, LookupKey.PHONE, LookupKey.LEARNER_ID}),
    Role.RECORDS: _NUMBER_AND_ID,
    Role.AUDITOR: _NUMBER_AND_ID,
    Role.REVIEWER: frozenset({LookupKey.LEARNER_ID}),
}
"""Each role by what its work is begun with: what callers give, what invoices and orders name, what the certifying body
has. Who judges somebody's watching does not know who it is. All others find nobody."""
_SIGHT = {Role.ADMINISTRATOR: Sight.ALL, Role.SUPPORT: Sight.MASKED, Role.FINANCE: Sight.MASKED}


def may_find_by(roles: Iterable[Role]) -> frozenset[LookupKey]:
    """By what somebody with these roles may find learners."""
    return frozenset().union(*(MAY_FIND_BY.get(role, frozenset()) for role in roles))


def sight_of(roles: Iterable[Role]) -> Sight:
    """How much of a person somebody with these roles sees."""
    return max((_SIGHT.get(role, Sight.NOTHING) for role in roles), default=Sight.NOTHING)


def shown_name(name: str | None, sight: Sight) -> str | None:
    """A name as it may be seen."""
    return _shown(name, sight, masked)


def shown_email(email: str | None, sight: Sight) -> str | None:
    """An address as it may be seen: its first character and its host."""
    return _shown(email, sight, lambda text: f"{text[:1]}***{text[text.find('@') :]}")


def shown_phone(phone: str | None, sight: Sight) -> str | None:
    """A phone number as it may be seen: its last four digits."""
    return _shown(phone, sight, _last_four)


def shown_number(number: str, sight: Sight) -> str | None:
    """A certificate's number as it may be seen: its last four characters."""
    return _shown(number, sight, _last_four)


def _last_four(text: str) -> str:
    return f"{'*' * (len(text) - 4)}{text[-4:]}"


def _shown(text: str | None, sight: Sight, mask: Callable[[str], str]) -> str | None:
    if text is None or sight is Sight.NOTHING:
        return None
    return text if sight is Sight.ALL else mask(text)
