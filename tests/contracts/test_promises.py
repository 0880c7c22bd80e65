"""What the last release promised still holds, and each kind of break is noticed on altered copies."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from docs.generate import ROOT, generate
from docs.promises import COPIES, Promises, added, broken, complaints, made, released, tampered, unreadable

Json = dict[str, Any]
ORDERS, EVENT = "api/orders.json", "events/catalog.course_published.v1.json"
ORDER = "/v1/orders/orders"


@pytest.fixture(scope="module")
def current() -> Promises:
    """What the code promises."""
    return made(ROOT, generate())


def altered(promises: Promises, name: str, change: Callable[[Json], object]) -> Promises:
    """The same with one of its documents changed."""
    document = json.loads(promises.texts[name])
    change(document)
    return replace(promises, texts={**promises.texts, name: json.dumps(document)})


def schemas(document: Json) -> Json:
    """The schemas of an API's document."""
    found: Json = document["components"]["schemas"]
    return found


def body(document: Json) -> Json:
    """The schema of an order's request."""
    content = document["paths"][ORDER]["post"]["requestBody"]["content"]["application/json"]["schema"]
    found: Json = schemas(document)[content["$ref"].rpartition("/")[2]]
    return found


def answer(document: Json) -> Json:
    """The schema of an order, as it is answered."""
    content = document["paths"][ORDER]["post"]["responses"]["201"]["content"]["application/json"]["schema"]
    found: Json = schemas(document)[content["$ref"].rpartition("/")[2]]
    return found


def with_a_new_value(document: Any) -> None:
    """Every enumeration of the document gets one more value."""
    for values in enums(schemas(document)):
        values.append("new")


def enums(value: Any) -> Iterator[list[str]]:
    """Every list of what a value may be."""
    if isinstance(value, dict):
        yield from ([value["enum"]] if isinstance(value.get("enum"), list) else [])
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from enums(inner)


def data(event: Json) -> Json:
    """The schema of an event's data."""
    found: Json = event["$defs"][event["properties"]["data"]["$ref"].rpartition("/")[2]]
    return found


def codes(document: Json) -> list[str]:
    """The codes of an API's refusals."""
    found: list[str] = schemas(document)["Problem"]["properties"]["code"]["x-extensible-enum"]
    return found


BREAKS: dict[str, tuple[str, Callable[[Json], object]]] = {
    "a field removed from an answer": (ORDERS, lambda d: answer(d)["properties"].pop("order_id")),
    "a field of an answer that may be missing": (ORDERS, lambda d: answer(d)["required"].remove("order_id")),
    "a field of an answer with another type": (
        ORDERS,
        lambda d: answer(d)["properties"]["order_id"].update(type="integer"),
    ),
    "a route removed": (ORDERS, lambda d: d["paths"].pop("/v1/orders/cart")),
    "a method removed": (ORDERS, lambda d: d["paths"][ORDER].pop("get")),
    "a required field added to a request": (
        ORDERS,
        lambda d: (body(d)["properties"].update(why={"type": "string"}), body(d)["required"].append("why")),
    ),
    "a field removed from a request": (ORDERS, lambda d: body(d)["properties"].pop("coupon_code")),
    "a narrower request": (ORDERS, lambda d: body(d)["properties"]["course_ids"].update(maxItems=1)),
    "a required parameter added": (
        ORDERS,
        lambda d: d["paths"][ORDER]["get"]["parameters"].append(
            {"in": "query", "name": "x", "required": True, "schema": {}}
        ),
    ),
    "a parameter removed": (ORDERS, lambda d: d["paths"][ORDER]["get"]["parameters"].clear()),
    "an enum value removed": (ORDERS, lambda d: [values.pop() for values in enums(schemas(d))]),
    "an enum value added to an answer": (ORDERS, lambda d: with_a_new_value(d)),
    "an error code removed": (ORDERS, lambda d: codes(d).remove("CART_FULL")),
    "a role that may no longer": (ORDERS, lambda d: d["paths"][ORDER]["get"]["x-roles"].clear()),
    "signing in for what was public": (
        ORDERS,
        lambda d: d["paths"]["/v1/orders/plans"]["get"].update(security=[{"cognito": []}]),
    ),
    "a status removed": (ORDERS, lambda d: d["paths"][ORDER]["post"]["responses"].pop("201")),
    "a media type removed": (
        ORDERS,
        lambda d: d["paths"][ORDER]["get"]["responses"]["default"]["content"].pop("application/problem+json"),
    ),
    "an event's field removed": (EVENT, lambda d: data(d)["properties"].pop("title")),
    "an event's field that may be missing": (EVENT, lambda d: data(d)["required"].remove("title")),
    "a field that events on their way do not have": (EVENT, lambda d: data(d)["required"].append("new")),
    "an event's enum value removed": (EVENT, lambda d: [values.pop() for values in enums(d)]),
}


def test_nothing_is_broken_that_the_last_release_promised(current: Promises) -> None:
    assert complaints(ROOT, current) == []


@pytest.mark.parametrize("what", BREAKS)
def test_a_break_is_noticed(current: Promises, what: str) -> None:
    new = altered(current, *BREAKS[what])
    assert new.texts != current.texts
    assert broken(current, new)
    major = replace(new, version=(current.version[0] + 1, 0, 0))
    assert broken(current, major) == []


@pytest.mark.parametrize("name", [ORDERS, EVENT])
def test_a_document_that_is_gone_is_noticed(current: Promises, name: str) -> None:
    new = replace(current, texts={other: text for other, text in current.texts.items() if other != name})
    assert broken(current, new) == [f"breaking: {name}: removed"]


ADDITIONS: dict[str, tuple[str, Callable[[Json], object]]] = {
    "a field in an answer": (
        ORDERS,
        lambda d: (answer(d)["properties"].update(why={"type": "string"}), answer(d)["required"].append("why")),
    ),
    "an optional field in a request": (ORDERS, lambda d: body(d)["properties"].update(why={"type": "string"})),
    "a route": (ORDERS, lambda d: d["paths"].update({"/v1/orders/new": d["paths"][ORDER]})),
    "an error code": (ORDERS, lambda d: codes(d).append("NEW")),
    "a role": (ORDERS, lambda d: d["paths"][ORDER]["get"]["x-roles"].append("editor")),
    "an optional field in an event": (EVENT, lambda d: data(d)["properties"].update(why={"type": "string"})),
}


@pytest.mark.parametrize("what", ADDITIONS)
def test_an_addition_breaks_nobody(current: Promises, what: str) -> None:
    new = altered(current, *ADDITIONS[what])
    assert broken(current, new) == []
    assert added(current, new)


STORED = "stored/orders/Coupon.1.json"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda d: d.update(colour="red"), id="a member that is read no more"),
        pytest.param(lambda d: d.clear(), id="a member that came without a default"),
        pytest.param(lambda d: d.update({name: [[]] for name in d}), id="a member of another type"),
    ],
)
@pytest.mark.parametrize("major", [0, 1])
def test_what_is_stored_and_not_read_as_it_was_is_noticed(
    current: Promises, change: Callable[[Json], object], major: int
) -> None:
    """The release's copy is altered, as if it were from before the code was."""
    old = altered(current, STORED, change)
    assert unreadable(old, replace(current, version=(current.version[0] + major, 0, 0)))


def test_only_a_major_version_leaves_out_what_is_stored(current: Promises) -> None:
    old = replace(current, texts={**current.texts, "stored/orders/Basket.1.json": "{}"})
    assert unreadable(old, current) == ["unreadable: stored/orders/Basket.1.json: nothing is stored as this kind"]
    assert unreadable(old, replace(current, version=(current.version[0] + 1, 0, 0))) == []


def test_a_copy_that_is_not_as_it_was_tagged_is_noticed(tmp_path: Path) -> None:
    last = released(ROOT)
    assert last

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@xueshi.example")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)  # noqa: S603, S607

    copy = tmp_path / COPIES / "1.0.0" / ORDERS
    copy.parent.mkdir(parents=True)
    copy.write_text(last.texts[ORDERS])
    git("init")
    git("add", "-A")
    git("commit", "-m", "Release 1.0.0")
    copy.write_text("{}")
    assert tampered(tmp_path, (1, 0, 0)) == []
    git("tag", "v1.0.0")
    git("commit", "-am", "A break that hides itself")
    assert tampered(tmp_path, (1, 0, 0)) == [f"{copy.relative_to(tmp_path)}: not as released"]


def test_a_release_without_its_copy_is_noticed(tmp_path: Path, current: Promises) -> None:
    assert released(tmp_path) is None
    assert complaints(tmp_path, current)
