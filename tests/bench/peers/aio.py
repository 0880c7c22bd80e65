"""aiodynamo: one conditional put. Its event loop is kept from call to call."""

import asyncio
from os import environ
from typing import Any

from aiodynamo.client import Client  # type: ignore[import-not-found]  # installed where it is measured
from aiodynamo.credentials import EnvironmentCredentials  # type: ignore[import-not-found]
from aiodynamo.expressions import F  # type: ignore[import-not-found]
from aiodynamo.http.httpx import HTTPX  # type: ignore[import-not-found]
from httpx import AsyncClient
from yarl import URL

LOOP = asyncio.new_event_loop()
ENDPOINT = URL(environ["AWS_ENDPOINT_URL"])
CLIENT = Client(HTTPX(AsyncClient()), EnvironmentCredentials(), environ["AWS_REGION"], endpoint=ENDPOINT)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Replaces an item."""
    item = {"pk": event["key"], "sk": "AIO", "body": event["body"]}
    put = CLIENT.put_item(environ["TABLE_NAME"], item, condition=F("gone").does_not_exist())
    LOOP.run_until_complete(put)
    return {"put": True}
