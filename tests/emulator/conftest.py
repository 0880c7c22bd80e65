"""One emulator with the slice for the whole session."""

from collections.abc import Iterator

import httpx
import pytest

from local.system import System, start
from tests.emulator.slice import slice_stacks
from tests.groups import alive


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    return alive.enter_context(start(workdir=tmp_path_factory.mktemp("emulator"), stacks=slice_stacks()))


@pytest.fixture
def http(system: System) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=system.base_url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def token(system: System) -> str:
    email = "learner@slice.example"
    system.create_user(email, "Only-for-tests-1", ["editor"])
    return system.sign_in(email, "Only-for-tests-1")
