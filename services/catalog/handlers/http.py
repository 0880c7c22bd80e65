"""What everybody may read."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap
from services.catalog.app.ports import CourseSearch
from services.catalog.app.problems import PUBLIC_PROBLEMS
from services.catalog.app.read_courses import ReadCourses
from services.catalog.domain.course import Category, Credential
from services.catalog.domain.search import Sort, Wanted
from services.catalog.handlers.caching import answer_not_modified, cacheable
from services.catalog.handlers.models import CoursePage, Courses, Identifier, SearchAnswer
from services.catalog.handlers.pages import course_page, listing_answer, rating_answer, search_answer
from services.catalog.handlers.review_models import ReviewsAnswer, review_answer
from services.kit.http import HttpApi, public

MAX_HOURS = 1_000
MAX_FOUND = 50
MAX_OFFSET = 10_000
"""As far as a search engine pages too; who looks for something narrows the question instead."""

SearchText = Annotated[str, Query(max_length=30, description="words or parts of words; every one must be found")]


def build_api(
    courses: ReadCourses, search: CourseSearch, origin_secret: Callable[[bool], Mapping[str, str]]
) -> HttpApi:
    """The public routes."""
    api = HttpApi("Xueshi catalog", PUBLIC_PROBLEMS, origin_secret)
    app = api.app
    answer_not_modified(app)

    @app.get("/v1/catalog/courses", operation_id="list_courses", summary="Every course", **public())
    def list_courses() -> Response[Courses]:
        lines = [listing_answer(line) for line in courses.listings()]
        return cacheable(app, Courses(courses=lines))

    @app.get(
        "/v1/catalog/search",
        operation_id="search_courses",
        summary="Courses by text, certificate, hours, membership and category, a page at a time",
        **public(),
    )
    def search_courses(
        q: SearchText = "",
        credential: Annotated[Credential | None, Query(description="whose holders earn hours")] = None,
        hours_min: Annotated[Decimal | None, Query(ge=0, le=MAX_HOURS)] = None,
        hours_max: Annotated[Decimal | None, Query(ge=0, le=MAX_HOURS)] = None,
        free_to_members: Annotated[bool, Query(description="recommended, or of the members' library")] = False,
        recommended: Annotated[bool, Query(description="members claim it, outside their quota")] = False,
        category: Annotated[Category | None, Query()] = None,
        sort: Annotated[Sort, Query()] = "relevance",
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET, description="courses to pass over")] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_FOUND)] = 20,
    ) -> Response[SearchAnswer]:
        wanted = Wanted(
            q, credential, hours_min, hours_max, free_to_members, recommended, category, sort, offset, limit
        )
        return cacheable(app, search_answer(search.find(wanted)))

    @app.get(
        "/v1/catalog/courses/<course_id>",
        operation_id="read_course",
        summary="A course's whole page",
        **public(),
    )
    def read_course(course_id: Annotated[Identifier, Path()]) -> Response[CoursePage]:
        return cacheable(app, course_page(courses.page(course_id)))

    @app.get(
        "/v1/catalog/courses/<course_id>/reviews",
        operation_id="list_reviews",
        summary="A course's reviews and rating, a page at a time",
        **public(),
    )
    def list_reviews(
        course_id: Annotated[Identifier, Path()],
        after: Annotated[str, Query(pattern=r"^([0-9a-f]{32})?$", description="the earlier page's `after`")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_FOUND)] = 20,
    ) -> Response[ReviewsAnswer]:
        page, rating = courses.reviews(course_id, after, limit)
        shown = [review_answer(review) for review in page.entries]
        return cacheable(app, ReviewsAnswer(rating=rating_answer(rating), reviews=shown, after=page.after or None))

    return api


@cache
def _api() -> HttpApi:
    return build_api(ReadCourses(bootstrap.store()), bootstrap.search(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
