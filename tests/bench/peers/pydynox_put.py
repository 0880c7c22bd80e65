"""pydynox: one conditional put."""

from os import environ
from typing import Any

from pydynox import DynamoDBClient  # type: ignore[import-not-found]  # installed where it is measured

CLIENT = DynamoDBClient(region=environ["AWS_REGION"], endpoint_url=environ["AWS_ENDPOINT_URL"])


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Replaces an item."""
    item = {"pk": event["key"], "sk": "PYDYNOX", "body": event["body"]}
    CLIENT.sync_put_item(environ["TABLE_NAME"], item, condition_expression="attribute_not_exists(gone)")
    return {"put": True}
