"""What everybody may read."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap
from services.catalog.app.problems import PUBLIC_PROBLEMS
from services.catalog.app.read_courses import ReadCourses
from services.catalog.handlers.caching import answer_not_modified, cacheable
from services.catalog.handlers.models import CoursePage, Courses, Identifier
from services.catalog.handlers.pages import course_page, listing_answer
from services.kit.http import HttpApi, public


def build_api(courses: ReadCourses, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The public routes."""
    api = HttpApi("Xueshi catalog", PUBLIC_PROBLEMS, origin_secret)
    app = api.app
    answer_not_modified(app)

    @app.get("/v1/catalog/courses", operation_id="list_courses", summary="Every course", **public())
    def list_courses() -> Response[Courses]:
        lines = [listing_answer(line) for line in courses.listings()]
        return cacheable(app, Courses(courses=lines))

    @app.get(
        "/v1/catalog/courses/<course_id>",
        operation_id="read_course",
        summary="A course's whole page",
        **public(),
    )
    def read_course(course_id: Annotated[Identifier, Path()]) -> Response[CoursePage]:
        return cacheable(app, course_page(courses.page(course_id)))

    return api


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return bootstrap.http_api().handle(event, context)
