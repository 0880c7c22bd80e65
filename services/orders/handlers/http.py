"""What learners and staff ask of orders."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret
from services.orders import bootstrap
from services.orders.app.context import Context
from services.orders.app.problems import PROBLEMS
from services.orders.handlers.routes.coupons import add_coupon_routes
from services.orders.handlers.routes.courses import add_course_routes
from services.orders.handlers.routes.entitlements import add_entitlement_routes
from services.orders.handlers.routes.memberships import add_membership_routes
from services.orders.handlers.routes.ordering.cart import add_cart_routes
from services.orders.handlers.routes.ordering.orders import add_order_routes


def build_api(ctx: Context, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi orders", PROBLEMS, origin_secret)
    add_membership_routes(api.app, ctx)
    add_course_routes(api.app, ctx)
    add_entitlement_routes(api.app, ctx)
    add_cart_routes(api.app, ctx)
    add_order_routes(api.app, ctx)
    add_coupon_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.orders(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
