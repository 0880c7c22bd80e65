"""The address under which people reach us, for links that leave the system. Known only once the distribution exists."""

from collections.abc import Callable

from services.kit.direct.values import parameter as kept_parameter

MAX_AGE_SECONDS = 300
"""How long a function may go on with the address it read."""

UNSET = "unset"
"""What the parameter holds until somebody sets it: see `ops.public_url`."""


class PublicUrlUnset(Exception):
    """No link can be written yet: `python -m ops.public_url` was not run."""


PublicUrl = Callable[[], str]
"""Answers the address, without a slash at its end. Raises PublicUrlUnset."""


def public_url(parameter: str) -> PublicUrl:
    """A reader of the parameter that holds the address."""

    text_of = kept_parameter(parameter, MAX_AGE_SECONDS)

    def read() -> str:
        found = text_of()
        if found == UNSET:
            raise PublicUrlUnset(parameter)
        return found

    return read
