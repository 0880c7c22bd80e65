"""Finding courses, for everybody, and what to look for."""

from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from services.catalog.app.ports import CourseSearch
from services.catalog.domain.completions import Kind
from services.catalog.domain.course import Category, Credential
from services.catalog.domain.search import MAX_TEXT, SearchQuery, Sort
from services.catalog.handlers.routes.caching import KEPT_LONGER, cacheable
from services.catalog.handlers.routes.courses import ListingAnswer
from services.catalog.handlers.routes.fields import Limit
from services.catalog.handlers.routes.reviews import RatingAnswer
from services.kit.bodies import Answer
from services.kit.http import HttpApi

MAX_OFFSET = 10_000
"""As far as a search engine pages too; who looks for something narrows the question instead."""

SearchHours = Annotated[
    Annotated[str, Field(pattern=r"^(1000|[0-9]{1,3}(\.[0-9]{1,2})?)$")] | None,
    Query(description="exact decimal, at most 1000"),
]
SearchText = Annotated[
    str,
    Query(max_length=MAX_TEXT, description="words, parts of words, their pinyin or its initials; each must be found"),
]


class FoundCourse(ListingAnswer):
    """A course that a search found, with its counts as of about a minute ago."""

    learners: int = Field(description="how many learners have taken the course")
    rating: RatingAnswer


class SearchAnswer(Answer):
    """One page of the courses found."""

    total: int = Field(description="courses found in all")
    did_you_mean: str | None = Field(
        description="where nothing is found: a text like the one asked for, in words of the catalogue, that finds some"
    )
    courses: list[FoundCourse]


class CompletionAnswer(Answer):
    """A word of the catalogue, or a course."""

    kind: Kind
    text: str
    text_en: str | None
    course_id: str | None = Field(description="of a title: the course")
    sound: list[str] = Field(description="its syllables in pinyin; none where it has no Chinese characters")


class CompletionsAnswer(Answer):
    """What somebody may be typing."""

    words: list[CompletionAnswer]
    whole: bool = Field(description="there is nothing else: whoever types on needs not ask again")


def add_search_routes(api: HttpApi, search: CourseSearch) -> None:
    """The search."""

    @api.public().route("GET /v1/catalog/search", "search_courses")
    def found(
        q: SearchText = "",
        credential: Annotated[Credential | None, Query(description="whose holders earn hours")] = None,
        hours_min: SearchHours = None,
        hours_max: SearchHours = None,
        free_to_members: Annotated[bool, Query(description="recommended, or of the members' library")] = False,
        recommended: Annotated[bool, Query(description="members claim it, outside their quota")] = False,
        category: Category | None = None,
        sort: Sort = "relevance",
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET, description="courses to pass over")] = 0,
        limit: Limit = 20,
    ) -> Response[SearchAnswer]:
        """Courses by text, certificate, hours, membership and category, a page at a time."""
        least, most = (None if hours is None else Decimal(hours) for hours in (hours_min, hours_max))
        query = SearchQuery(q, credential, least, most, free_to_members, recommended, category, sort, offset, limit)
        result = search.find(query)
        courses = [FoundCourse.of(hit.line, hit.counts) for hit in result.hits]
        return cacheable(api, SearchAnswer.of(result, courses=courses))

    @api.public().route("GET /v1/catalog/completions", "complete_search")
    def completed(
        q: Annotated[str, Query(min_length=1, max_length=MAX_TEXT, description="what is typed so far")],
    ) -> Response[CompletionsAnswer]:
        """Titles, keywords and instructors that go on from what is typed, by characters, pinyin or its initials."""
        return cacheable(api, CompletionsAnswer.of(search.complete(q)), KEPT_LONGER)
