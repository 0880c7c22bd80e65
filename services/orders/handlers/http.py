"""What learners and staff ask of orders."""

from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function
from services.orders import bootstrap
from services.orders.app.context import Context
from services.orders.app.problems import PROBLEMS
from services.orders.handlers.routes.coupons import add_coupon_routes
from services.orders.handlers.routes.courses import add_course_routes
from services.orders.handlers.routes.entitlements import add_entitlement_routes
from services.orders.handlers.routes.memberships import add_membership_routes
from services.orders.handlers.routes.ordering.cart import add_cart_routes
from services.orders.handlers.routes.ordering.orders import add_order_list_routes, add_order_routes
from services.orders.handlers.routes.personal_data import add_personal_data_routes


def build_api(ctx: Context, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi orders", PROBLEMS, origin_secret)
    add_membership_routes(api, ctx)
    add_course_routes(api, ctx)
    add_entitlement_routes(api, ctx)
    add_cart_routes(api, ctx)
    add_order_routes(api, ctx)
    add_order_list_routes(api, ctx)
    add_coupon_routes(api, ctx)
    add_personal_data_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.orders(), secret))
