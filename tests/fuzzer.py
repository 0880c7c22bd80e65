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


@schemathesis.hook
def map_body(_context: schemathesis.HookContext, body: Any) -> Any:
    """Whole numbers without a point: JSON Schema takes 9900.0 for an integer, we do not, and the documents say so."""
    if isinstance(body, dict):
        return {name: map_body(_context, value) for name, value in body.items()}
    if isinstance(body, list):
        return [map_body(_context, value) for value in body]
    return int(body) if isinstance(body, float) and body.is_integer() else body
