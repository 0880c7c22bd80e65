"""Answers, as they are made of values of the domain."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from pydantic import ValidationError

from services.kit.bodies import Answer


@dataclass(frozen=True)
class Person:
    """A value with something that no answer tells."""

    name: str
    address: str


@dataclass(frozen=True)
class Thing:
    """A value that holds others."""

    name: str
    price: Decimal
    owners: tuple[Person, ...]

    @property
    def owned(self) -> bool:
        """Whether somebody has it."""
        return bool(self.owners)


class PersonAnswer(Answer):
    """A person."""

    name: str


class ThingAnswer(Answer):
    """A thing."""

    name: str
    price: Decimal
    owned: bool
    owners: list[PersonAnswer]


class SaleAnswer(Answer):
    """A thing, and who buys it."""

    price: Decimal
    name: str
    address: str | None


ANN = Person("Ann", "Here 1")
THING = Thing("lamp", Decimal("1.50"), (ANN,))


def test_members_are_read_by_their_names_and_nothing_else_is_told() -> None:
    told = ThingAnswer.of(THING).model_dump()
    assert told == {"name": "lamp", "price": Decimal("1.50"), "owned": True, "owners": [{"name": "Ann"}]}


def test_what_two_values_tell_differently_must_be_said() -> None:
    with pytest.raises(ValueError, match="which name"):
        SaleAnswer.of(THING, ANN)
    assert SaleAnswer.of(THING, ANN, name="Ann") == SaleAnswer(price=Decimal("1.50"), name="Ann", address="Here 1")
    assert SaleAnswer.of(THING, ANN, replace(ANN), name="Ann").address == "Here 1"


def test_of_what_is_not_there_members_are_null_that_may_be() -> None:
    expected = SaleAnswer(price=Decimal("1.50"), name="lamp", address=None)
    assert SaleAnswer.of(THING, None) == SaleAnswer.of(None, THING) == expected
    with pytest.raises(ValidationError, match="price"):
        SaleAnswer.of(None, ANN)


@pytest.mark.parametrize("values", [(), (ANN,), (Thing("lamp", Decimal(1), (1,)),)])  # type: ignore[arg-type]
def test_an_answer_that_lacks_a_member_or_has_another_type_is_none(values: tuple[object, ...]) -> None:
    with pytest.raises(ValidationError):
        ThingAnswer.of(*values)
