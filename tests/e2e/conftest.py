"""A browser, and the running system with people who are ready to learn."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from local.system import System, start
from local.toolchain import build_client
from tests.e2e.browser import launched
from tests.e2e.learner import PATIENCE_MS, Desk
from tests.flows.world import World
from tests.groups import alive


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each learner has a window of their own in it."""
    expect.set_options(timeout=PATIENCE_MS)
    with launched() as running:
        yield running


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    """A system of its own, so that these tests run beside the other ones that need a running system."""
    return alive.enter_context(start(workdir=tmp_path_factory.mktemp("system"), seed=True))


@pytest.fixture(scope="session")
def people(system: System) -> Iterator[World]:
    """Who can be made ready to learn; the client that the system serves is up to date."""
    build_client()
    world = World(system)
    # The demo's courses have reached every service.
    system.settle()
    yield world
    world.close()


@pytest.fixture
def desk(browser: Browser, people: World) -> Iterator[Desk]:
    """Opens windows for learners, and fails a test whose pages threw an error or got a 5xx answer."""
    opened = Desk(browser, people)
    yield opened
    opened.close()
    assert opened.errors == []
