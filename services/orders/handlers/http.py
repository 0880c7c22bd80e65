"""What learners and staff ask of orders."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.orders import bootstrap
from services.orders.app.context import Context
from services.orders.app.ordering.problems import SHOP_PROBLEMS
from services.orders.app.problems import PROBLEMS
from services.orders.handlers.routes.cart import add_cart_routes
from services.orders.handlers.routes.coupons import add_coupon_routes
from services.orders.handlers.routes.courses import add_course_routes
from services.orders.handlers.routes.memberships import add_membership_routes
from services.orders.handlers.routes.orders import add_order_routes


def build_api(context: Context, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi orders", (*PROBLEMS, *SHOP_PROBLEMS), origin_secret)
    add_membership_routes(api.app, context)
    add_course_routes(api.app, context)
    add_cart_routes(api.app, context)
    add_order_routes(api.app, context)
    add_coupon_routes(api.app, context)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.orders(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
