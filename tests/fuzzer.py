"""What the public fuzzer cannot read in the documents; its sample in tests/contracts and its long run load this."""

from datetime import date
from typing import Any

import schemathesis
from hypothesis import strategies

RESIDENT_IDS = ("11010519491231002X", "330106198506151233", "110101199003070070", "11010119900307002X")
"""Of nobody; their last characters follow from the others, as no pattern can say."""

schemathesis.openapi.format("resident-id", strategies.sampled_from(RESIDENT_IDS))
# Of the years that the patterns beside these formats take: few of all dates there are would match them.
schemathesis.openapi.format("date", strategies.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat))
schemathesis.openapi.format(
    "date-time", strategies.dates(date(2001, 1, 1), date(2199, 12, 31)).map("{}T23:59:59+08:00".format)
)


# As the patterns beside them have it. To draw from a pattern that lists planes of characters, the fuzzer goes through
# its hundred thousands one by one, anew for each request; these are drawn at once, and the pattern still decides.
schemathesis.openapi.format(
    "visible", strategies.text(strategies.characters(exclude_categories=("Cc", "Cf", "Co", "Cs")), min_size=1)
)
schemathesis.openapi.format(
    "name",
    strategies.text(strategies.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=25)
    | strategies.text(strategies.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF), min_size=2, max_size=25)
    | strategies.from_regex("^[A-Z][a-z]+([ '’-][A-Z][a-z]+){1,9}$"),
)
DRAWN_AS = {r"[^\s\x00-\x1f": "visible", "[\u3400-\u4dbf": "name"}
"""The formats above, by what their patterns contain."""


@schemathesis.hook
def before_load_schema(_context: schemathesis.HookContext, raw_schema: Any) -> None:
    """Adds these formats to the document, in this process only."""
    if isinstance(raw_schema, dict):
        pattern = raw_schema.get("pattern")
        text = pattern if isinstance(pattern, str) else ""
        raw_schema.update([("format", format_) for part, format_ in DRAWN_AS.items() if part in text])
        raw_schema = list(raw_schema.values())
    for part in raw_schema if isinstance(raw_schema, list) else ():
        before_load_schema(_context, part)


@schemathesis.hook
def map_body(_context: schemathesis.HookContext, body: Any) -> Any:
    """Whole numbers without a point: JSON Schema takes 9900.0 for an integer, we do not, and the documents say so."""
    if isinstance(body, dict):
        return {name: map_body(_context, value) for name, value in body.items()}
    if isinstance(body, list):
        return [map_body(_context, value) for value in body]
    return int(body) if isinstance(body, float) and body.is_integer() else body
