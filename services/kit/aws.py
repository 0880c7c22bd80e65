"""Clients of AWS, and what is read with them and kept for a while.

They are botocore's. boto3 around it would be a third of what a cold function takes to have a client, and does nothing
that is used here. The session finds credentials and endpoints once, for all clients of a function.
"""

from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import Any, Generic, TypeVar

from botocore.config import Config
from botocore.session import Session, get_session

T = TypeVar("T")


@cache
def _session() -> Session:
    return get_session()


def client(service: str, config: Config | None = None) -> Any:
    """A client of a service of AWS, by its name there, for the region and credentials of the function's environment.

    Its type is spelled out by whoever uses a part of it.
    """
    return _session().create_client(service, config=config)


class Kept(Generic[T]):
    """What a function reads once, and again when it is so many seconds old."""

    def __init__(self, read: Callable[[], T], max_age: float) -> None:
        self._read = read
        self._max_age = max_age
        self._known: tuple[float, T] | None = None

    def get(self) -> T:
        """The value. Raises what reading raises, and keeps nothing of that."""
        if self._known is None or monotonic() - self._known[0] >= self._max_age:
            return self.read_anew()
        return self._known[1]

    def read_anew(self) -> T:
        """The value as it is now. Raises as `get` does."""
        value = self._read()
        self._known = monotonic(), value
        return value


def parameter(name: str, max_age: float) -> Callable[[], str]:
    """A reader of a parameter of Systems Manager, which is kept so many seconds."""

    def read() -> str:
        text: str = client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
        return text

    return Kept(read, max_age).get
