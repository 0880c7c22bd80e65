"""Every service's functions, on empty stores."""

from importlib import import_module

import pytest

from services.kit.http import HttpApi
from tests.fakes.store import MemoryStore
from tests.gateway import origin_secret
from tests.security.operations import SERVICES

Served = tuple[HttpApi, MemoryStore]
Functions = dict[tuple[str, str], Served]


@pytest.fixture(scope="module")
def served() -> Functions:
    """The function that answers each operation, on an empty store."""
    found: Functions = {}
    for service in SERVICES:
        store = MemoryStore()
        for api in import_module(f"docs.apis.{service}").apis(store, origin_secret):
            routes = api.openapi()["paths"].items()
            found |= {(method.upper(), path): (api, store) for path, methods in routes for method in methods}
    return found
