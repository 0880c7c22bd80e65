"""What nothing uses goes. What only tests use counts as unused, unless it is made for them.

Left out are fields (what reads them is JSON, or the client) and imports, which ruff knows better.
"""

from pathlib import Path

from vulture import Vulture
from vulture.core import Item

ROOT = Path(__file__).parents[3]
FOLDERS = ("services", "infra", "local", "ops", "demo", "docs", "verifier")
KINDS = {"function", "method", "class", "property", "unreachable_code"}
DECORATORS = ["@*.route", "@", "@field_serializer*", "@field_validator*", "@model_validator*"]
"""What these mark is called by a library; "@" is whatever a call returns, such as `@api.public().route(…)`."""

USED_OTHERWISE = {
    "services/catalog/domain/review.py: average": "an answer reads it by its name",
    "local/streams.py: resume": "tests hold a stream back",
    "local/system.py: set_variables": "drills and benchmarks change what functions see",
}


def unused() -> set[str]:
    """Functions, methods, classes and constants that no code outside the tests names."""
    reader = Vulture(ignore_decorators=DECORATORS)
    reader.scavenge([str(ROOT / folder) for folder in FOLDERS])
    return {
        f"{Path(item.filename).relative_to(ROOT)}: {item.name}"
        for item in reader.get_unused_code()
        if item.typ in KINDS or is_constant(item)
    }


def is_constant(item: Item) -> bool:
    """Whether it is a constant of a module, not a member of an enumeration, which is read from JSON."""
    name: str = item.name
    return name.isupper() and Path(item.filename).read_text("utf-8").splitlines()[item.first_lineno - 1].startswith(
        name
    )


def test_nothing_is_there_that_nothing_uses() -> None:
    assert unused() == USED_OTHERWISE.keys()
