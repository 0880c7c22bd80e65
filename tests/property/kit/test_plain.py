"""Plain values have one text and one meaning, whoever writes and reads: pydantic or msgspec."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.kit.events import Envelope
from services.kit.store.codec import decode, encode
from services.kit.store.plain import is_plain
from services.playback.app.items import AnchorNote
from services.playback.domain.course import Course
from services.playback.domain.entitlement import Entitlement
from services.playback.domain.legs import Leg
from services.playback.domain.questions import QuestionSet
from services.playback.domain.watch import Attempt, Live

KINDS: list[type] = [Live, Attempt, Leg, Entitlement, Course, QuestionSet, AnchorNote]
st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))
JSON: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just([]) | st.just({})
)
DECIMALS = st.none() | st.booleans() | st.integers() | st.text(alphabet="0123456789.eE+- x")
"""In the place of a decimal, which no writer has put as a number with a point: pydantic would round that."""

kinds = st.sampled_from(KINDS)
values: st.SearchStrategy[Any] = kinds.flatmap(st.from_type)


def outcome(call: Callable[[], Any]) -> Any:
    """What it makes, with the types of its members, or that it is refused."""
    try:
        return repr(call())
    except ValidationError:
        return "refused"


def test_what_a_beat_reads_and_writes_is_plain() -> None:
    assert [kind for kind in KINDS if not is_plain(kind)] == []
    assert not is_plain(Envelope)


@given(values)
def test_the_text_is_pydantics(value: Any) -> None:
    text = encode(value)
    assert text == TypeAdapter(type(value)).dump_json(value).decode()
    assert decode(text, type(value)) == value


@given(values, st.data())
def test_whatever_stands_in_a_member_means_what_it_means_to_pydantic(value: Any, data: st.DataObject) -> None:
    told = json.loads(encode(value))
    place = told
    while isinstance(place, dict) and place:
        name = data.draw(st.sampled_from(sorted(place)))
        if isinstance(place[name], dict) and place[name] and data.draw(st.booleans()):
            place = place[name]
            continue
        change = data.draw(st.sampled_from(["change", "drop", "add"]))
        if change == "change":
            place[name] = data.draw(DECIMALS if name == "max_rate" else JSON)
        elif change == "drop":
            del place[name]
        else:
            place["of newer code"] = data.draw(JSON)
        break
    text = json.dumps(told)
    kind = type(value)
    assert outcome(lambda: decode(text, kind)) == outcome(lambda: TypeAdapter(kind).validate_json(text))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"a":', "NaN", '"x"', "1" * 5000])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        decode(text, Live)
