"""What all unit tests of services have in common."""

from collections.abc import Iterator

import pytest

from tests.newer import patch_stores


@pytest.fixture(autouse=True)
def newer_values(request: pytest.FixtureRequest) -> Iterator[None]:
    """See tests/newer.py. The store's own tests need it as it is."""
    with pytest.MonkeyPatch.context() as patch:
        if "kit" not in request.path.parts:
            patch_stores(patch)
        yield
