"""What functions that answer HTTP have in common: they are called by our own origin."""

from collections.abc import Callable
from functools import cache
from os import environ
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.direct.values import secret
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.secrets import json_secret
from services.kit.wiring.init import at_init


def http_function(
    build_api: Callable[[OriginSecret], HttpApi],
) -> Callable[[dict[str, Any], LambdaContext], dict[str, Any]]:
    """The entry point of a function that answers HTTP. Its API is built once."""

    @cache
    def api() -> HttpApi:
        return build_api(json_secret(secret(environ["ORIGIN_SECRET_ID"])))

    at_init(api)
    return lambda event, context: api().handle(event, context)
