"""One emulator with the slice for all its tests."""

from collections.abc import Iterator

import httpx
import pytest

from local.system import System, start
from tests.emulator.slice import slice_stacks


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with start(workdir=tmp_path_factory.mktemp("emulator"), stacks=slice_stacks()) as running:
        yield running


@pytest.fixture
def http(system: System) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=system.base_url, timeout=30) as client:
        yield client


@pytest.fixture(scope="package")
def token(system: System) -> str:
    email = "learner@slice.example"
    system.create_user(email, "Only-for-tests-1", ["editor"])
    return system.sign_in(email, "Only-for-tests-1")
