"""Starting a session, and how far the learner is."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictBool, StrictStr

from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.routes import caller_address
from services.playback.app.context import Context
from services.playback.app.risk.note_places import note_places
from services.playback.app.watching.read_progress import find_progress, list_progress, read_progress
from services.playback.app.watching.start_session import start_session
from services.playback.domain.ids import LearnerId
from services.playback.domain.watch import Attempt
from services.playback.handlers.routes.fields import CourseId, Instant, Token
from services.playback.handlers.routes.watching.answers import PromptsAnswer, WatchAnswer, watch_answer

MAX_COURSES = 100

After = Annotated[str | None, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="the earlier page's `after`")]
Limit = Annotated[int, Query(ge=1, le=MAX_COURSES)]


class StartRequest(Request):
    """Start, or go on."""

    course_id: CourseId
    take_over: StrictBool = Field(False, description="stop the session that is live elsewhere")
    token: Token | None = Field(
        None,
        description="the newest token that this page was given before it was loaded anew, of whatever course: then it "
        "is the same place, and nobody is asked whether to take over",
    )
    device: StrictStr | None = Field(
        None,
        pattern=r"^[A-Za-z0-9-]{16,64}$",
        description="a random name that the browser keeps; only its keyed hash is kept, for 60 days, and never shown",
    )
    new_attempt: StrictBool = Field(
        False,
        description="where the latest watch is complete: watch the published version anew, from its start and with "
        "prompts of its own, as a later recertification period needs; otherwise without effect",
    )


class StartAnswer(WatchAnswer):
    """A session, and where its lecture is. `prompts` and `max_rate` announce the rules before the first second."""

    media_url: str


class ProgressAnswer(Answer):
    """How far the learner is."""

    course_id: str
    watch_id: str
    content_version: str
    duration_ms: int
    furthest_ms: int
    prompts: PromptsAnswer
    completed: bool
    completed_at: Instant | None


class OwnProgressAnswer(Answer):
    """How far the learner is, who may not have begun."""

    progress: ProgressAnswer | None = Field(description="null: there is no watch of the course yet")


class CourseProgressAnswer(ProgressAnswer):
    """How far the learner is with one of their courses."""

    recency: int = Field(description="the greater, the later it was watched")


class ProgressPageAnswer(Answer):
    """A page of the courses that the learner has begun, by course; of each the latest watch."""

    courses: list[CourseProgressAnswer]
    after: str | None = Field(description="begins the next page; null on the last")


def add_session_routes(api: HttpApi, ctx: Context) -> None:
    """Starting, and how far it got."""
    learner = api.secured(Role.LEARNER)

    @learner.route("POST /v1/playback/sessions", "start_session", status_code=201, idempotent=True)
    def start(request: StartRequest) -> StartAnswer:
        """Start or go on watching."""
        call = api.call()
        session = start_session(
            ctx,
            call,
            request.course_id,
            take_over=request.take_over,
            new_attempt=request.new_attempt,
            token=request.token,
        )
        note_places(ctx, LearnerId(call.caller_id), request.device, caller_address(api.app))
        return StartAnswer.of(session, watch_answer(session.state))

    @learner.route("GET /v1/playback/courses/<course_id>/progress", "read_progress")
    def progress(course_id: CourseId) -> ProgressAnswer:
        """How far the learner is; 404 before they have begun (`find_progress` says null then)."""
        return _progress(*read_progress(ctx, api.call(), course_id))

    @learner.route("GET /v1/playback/progress", "list_progress")
    def all_progress(after: After = None, limit: Limit = MAX_COURSES) -> ProgressPageAnswer:
        """How far the learner is with everything they have begun, a page at a time."""
        page = list_progress(ctx, api.call(), after, limit)
        return ProgressPageAnswer(courses=[_course_progress(*found) for found in page.items], after=page.after)

    @learner.route("GET /v1/playback/progress/<course_id>", "find_progress")
    def own_progress(course_id: CourseId) -> OwnProgressAnswer:
        """How far the learner is, or that they have not begun."""
        found = find_progress(ctx, api.call(), course_id)
        return OwnProgressAnswer(progress=_progress(*found) if found else None)


def _progress(watch: Attempt, prompts: int) -> ProgressAnswer:
    counted = PromptsAnswer(total=prompts, confirmed=watch.confirmed)
    return ProgressAnswer.of(watch, prompts=counted, completed=watch.completed_at is not None)


def _course_progress(watch: Attempt, prompts: int) -> CourseProgressAnswer:
    return CourseProgressAnswer.of(_progress(watch, prompts), recency=watch.live_version)
