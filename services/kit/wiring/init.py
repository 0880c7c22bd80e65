"""What a function makes while it starts."""

from collections.abc import Callable
from functools import cache
from os import environ

from services.kit.metrics import COLD_STARTS
from services.kit.observability import count


def at_init(make: Callable[[], object]) -> None:
    """Makes what every call will need, in Lambda's start of the function: then it has a whole CPU, whatever its memory.

    Elsewhere, as in tests, it is made on first use.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in environ:
        _tell_start()
        make()


@cache
def _tell_start() -> None:
    count(COLD_STARTS)
