"""What learners ask, and what staff answer."""

from services.catalog import bootstrap
from services.catalog.app.context import Context
from services.catalog.app.enquiries.problems import ENQUIRY_PROBLEMS
from services.catalog.app.problems import COURSE_NOT_FOUND, PERSON_ERASED, TOO_OFTEN
from services.catalog.handlers.routes.enquiries import add_enquiry_list_routes, add_enquiry_routes
from services.catalog.handlers.routes.personal_data import add_personal_data_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: Context, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    problems = (COURSE_NOT_FOUND, *ENQUIRY_PROBLEMS, PERSON_ERASED, TOO_OFTEN)
    api = HttpApi("Xueshi catalog", problems, origin_secret, function="enquiries")
    add_enquiry_list_routes(api, ctx)
    add_enquiry_routes(api, ctx)
    add_personal_data_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.catalog(), secret))
