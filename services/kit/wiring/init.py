"""What a function makes while it starts."""

from collections.abc import Callable
from os import environ


def at_init(make: Callable[[], object]) -> None:
    """Makes what every call will need, in Lambda's start of the function: then it has a whole CPU, whatever its memory.

    Elsewhere, as in tests, it is made on first use.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in environ:
        make()
