"""PynamoDB as its own documentation shows it: a model, a conditional update, a get."""

from os import environ
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model


class Item(Model):
    """An item of the table that the environment names."""

    class Meta:
        """Where."""

        table_name = environ["TABLE_NAME"]
        region = environ["AWS_REGION"]
        host = environ["AWS_ENDPOINT_URL"]

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute(null=True)
    body = UnicodeAttribute(null=True)
    gone = UnicodeAttribute(null=True)


def update(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Counts up, if nobody else has."""
    item = Item(event["key"], "PEER")
    item.update([Item.version.set((Item.version | 0) + 1)], condition=Item.gone.does_not_exist())
    return {"version": int(item.version or 0)}


def get(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Reads one item."""
    return {"bytes": len(Item.get(event["key"], event["sort"]).body or "")}
