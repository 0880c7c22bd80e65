"""A plain function: Powertools' resolver as it comes, a logger, and PynamoDB for one item."""

from os import environ
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

logger = Logger(service="plain")
app = APIGatewayHttpResolver()


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


@app.get("/plain/<key>")
def read(key: str) -> dict[str, int]:
    """One item."""
    return {"version": int(Item.get(key, "PEER").version or 0)}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The entry point."""
    return app.resolve(event, context)
