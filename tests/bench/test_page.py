"""What a course's page asks of DynamoDB: counted, so that no read is added unseen."""

from typing import Any

import pytest

from services.catalog.app.courses.items import current_key
from services.catalog.handlers import http
from tests.gateway import origin_secret, request, send
from tests.unit.catalog.conftest import world as world
from tests.unit.catalog.world import BONDS, World, edited


def test_a_page_is_one_call_and_one_more_for_what_older_code_published(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = world.package()
    world.upload(package)
    world.publish(package, 0)
    calls: list[str] = []
    for name in ("get", "get_many", "query", "page"):
        monkeypatch.setattr(world.store, name, _noted(name, getattr(world.store, name), calls))
    api = http.build_api(world.ctx, world.search, origin_secret)

    def page() -> dict[str, Any]:
        calls.clear()
        return dict(send(api, request("GET", "/v1/catalog/courses/bonds")).body)

    whole = page()
    assert (whole["title"], calls) == ("债券入门", ["get_many"])
    copy = world.store.items.pop(current_key(BONDS))
    assert (page(), calls) == (whole, ["get_many", "get"])
    changed = world.package(course_yaml=edited("title: 债券入门", "title: 利率入门"))
    world.publish(changed, 1)
    world.store.items[current_key(BONDS)] = copy
    assert (page()["title"], calls) == ("利率入门", ["get_many", "get"])
    world.withdraw()
    assert page()["withdrawn"] is True


def _noted(name: str, read: Any, calls: list[str]) -> Any:
    def noted(*arguments: Any) -> Any:
        calls.append(name)
        return read(*arguments)

    return noted
