"""A plan for the hours that are missing, and the learner's pace."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from pydantic import Field, StrictBool, StrictInt

from services.credits.app.context import LedgerContext
from services.credits.app.planning.plan_calendar import plan_calendar
from services.credits.app.planning.plan_hours import Candidate, PlanView, plan_hours
from services.credits.app.planning.plan_settings import read_plan_settings, set_plan_settings
from services.credits.app.texts.advice import ADVICE_TEXTS
from services.credits.app.texts.plans import OBSTACLE_TEXTS
from services.credits.app.texts.shortfalls import shortfall_text
from services.credits.domain.balances import Requirement, Shortfall
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ledger import Reason
from services.credits.domain.planning import ZERO, Access, Obstacle, Outlook, Step
from services.credits.handlers.routes.advice import CourseId, Version
from services.credits.handlers.routes.fields import Hours, ReasonAnswer, learner_id
from services.credits.handlers.routes.files import file_answer, text_response
from services.kit.bodies import Answer, Request
from services.kit.days import civil_day
from services.kit.http import HttpApi
from services.kit.identity import Role

CALENDAR = "text/calendar"
MAX_CANDIDATES = 200
A_DAY_MS = 86_400_000

Fen = Annotated[StrictInt, Field(ge=0, le=100_000_000)]
WeeklyMinutes = Annotated[StrictInt, Field(ge=15, le=1_200, multiple_of=5)]


class CandidateCourse(Request):
    """A course as orders and playback told the caller that it stands. It decides about the caller's own plan alone."""

    course_id: CourseId
    content_version: Version | None = Field(None, description="under way, or to be; null: the one that is published")
    access: Access = Field(description="owned; claimable by the caller; library: opened by the membership; priced")
    price_fen: Fen = Field(description="what the caller would pay; asked where it is priced or of the library")
    left_ms: StrictInt = Field(ge=0, le=A_DAY_MS, description="of the version named, not watched yet")
    started: StrictBool = False


class PlanRequest(Request):
    """What the caller could watch; of a lecture that counts already, or is unknown, nothing is planned."""

    courses: list[CandidateCourse] = Field(max_length=MAX_CANDIDATES)


class PlanSettingsBody(Request):
    """The caller's pace."""

    weekly_minutes: WeeklyMinutes


class PlanStepAnswer(Answer):
    """A course of the plan, in the order in which they are to be watched."""

    course_id: str
    content_version: str
    title: str
    title_en: str | None
    hours: Hours
    category: Category
    credentials: list[Credential] = Field(description="certificates of the caller's that its hours are for")
    access: Access = Field(
        description="how the plan means it to be come by: a course of the library may have to be bought"
    )
    cost_fen: int = Field(description="what has to be paid for it")
    minutes: int = Field(description="left to watch")
    started: bool
    by: date = Field(description="by when it is wanted: a deadline, or the membership's last day")
    finished_on: date = Field(description="when it is finished at the caller's pace, Asia/Shanghai")
    late: bool


class PlanNeedAnswer(Answer):
    """Hours that one requirement asks to be watched yet, and what the plan makes of them."""

    credential: Credential
    requirement: Requirement
    start: date = Field(description="the first day on which a lecture is completed for it")
    deadline: date
    unearned_hours: Hours = Field(description="as in the account: missing, and not watched yet")
    planned_hours: Hours = Field(description="that the plan's courses bring, which may be more")
    unplanned_hours: Hours = Field(description="for which there is no course")
    obstacle: Obstacle | None = Field(description="why it is not filled in time; null: it is")
    obstacle_text: str | None
    obstacle_text_en: str | None
    text: str
    text_en: str


class HeldAtFirstAnswer(Answer):
    """A certificate whose hours would be held at first."""

    credential: Credential
    reason: ReasonAnswer


class UnknownAnswer(Answer):
    """A certificate for which nothing is planned: what its rule asks for is not known."""

    credential: Credential
    note: str
    note_en: str


class PlanAnswer(Answer):
    """Which courses bring the hours that are missing, for the least money, by when. It is advice, and holds nothing."""

    weekly_minutes: int
    weekly_minutes_needed: int | None = Field(
        description="the slowest pace at which all that is planned is in time; null: none is"
    )
    steps: list[PlanStepAnswer]
    needs: list[PlanNeedAnswer] = Field(description="the nearest deadline first; years that are over last")
    waiting: list[HeldAtFirstAnswer]
    unknown: list[UnknownAnswer]
    minutes: int
    cost_fen: int
    quota_hours: Hours = Field(description="that the plan takes of the running membership's quota")
    quota_left_hours: Hours | None = Field(description="of that quota; null: no limit, or no membership")


def add_plan_routes(api: HttpApi, ctx: LedgerContext) -> None:
    """The learner's routes."""
    learner = api.secured(Role.LEARNER)

    @learner.route("POST /v1/credits/plan", "make_plan")
    def plan(request: PlanRequest) -> PlanAnswer:
        """Plan which courses bring what is missing; nothing is kept of it, so it is safe to repeat."""
        return _plan(_view(ctx, api, request), civil_day(ctx.clock.now()))

    @learner.route(
        "POST /v1/credits/plan/calendar", "make_plan_calendar", responses=file_answer(CALENDAR, "iCalendar in UTF-8")
    )
    def calendar(request: PlanRequest) -> Response[str]:
        """The same as a calendar file, with the deadlines."""
        content = plan_calendar(ctx, learner_id(api), _view(ctx, api, request))
        return text_response(content, CALENDAR, "xueshi-plan.ics")

    @learner.route("GET /v1/credits/plan/settings", "read_plan_settings")
    def settings() -> PlanSettingsBody:
        """The caller's pace."""
        return PlanSettingsBody(weekly_minutes=read_plan_settings(ctx.store, learner_id(api)).weekly_minutes)

    @learner.route("PUT /v1/credits/plan/settings", "set_plan_settings")
    def change(request: PlanSettingsBody) -> PlanSettingsBody:
        """Say how many minutes a week are for watching."""
        chosen = set_plan_settings(ctx, api.call(), request.weekly_minutes)
        return PlanSettingsBody(weekly_minutes=chosen.weekly_minutes)


def _view(ctx: LedgerContext, api: HttpApi, request: PlanRequest) -> PlanView:
    candidates = [Candidate(**course.model_dump()) for course in request.courses]
    return plan_hours(ctx, learner_id(api), candidates)


def _plan(view: PlanView, today: date) -> PlanAnswer:
    needs = [_need(outlook, view.gaps[outlook.need], today) for outlook in view.plan.outlooks]
    return PlanAnswer.of(
        view.plan,
        weekly_minutes=view.weekly_minutes,
        steps=[_step(step) for step in view.plan.steps],
        needs=needs + [_over(credential, gap, today) for credential, gap in view.over],
        waiting=[HeldAtFirstAnswer(credential=one, reason=_reason(why)) for one, why in sorted(view.waits.items())],
        unknown=[
            UnknownAnswer.of(balance.current.rule, credential=balance.certificate.credential)
            for balance in view.unknown
        ],
        quota_left_hours=view.quota.left if view.quota else None,
    )


def _step(step: Step) -> PlanStepAnswer:
    choice = step.choice
    return PlanStepAnswer.of(
        step,
        choice,
        choice.offer,
        choice.offer.course,
        credentials=sorted(choice.offer.serves),
        access=Access.PRICED if choice.bought else choice.offer.access,
        late=step.is_late,
    )


def _need(outlook: Outlook, gap: Shortfall, today: date) -> PlanNeedAnswer:
    need = outlook.need
    return PlanNeedAnswer.of(
        need,
        start=need.span.start,
        deadline=need.end,
        unearned_hours=need.hours,
        planned_hours=outlook.planned,
        unplanned_hours=outlook.unplanned,
        **_told(outlook.obstacle, gap, today),
    )


def _over(credential: Credential, gap: Shortfall, today: date) -> PlanNeedAnswer:
    return PlanNeedAnswer.of(
        gap,
        gap.span,
        credential=credential,
        deadline=gap.span.end,
        unearned_hours=gap.unearned,
        planned_hours=ZERO,
        unplanned_hours=gap.unearned,
        **_told(Obstacle.YEAR_OVER, gap, today),
    )


def _told(obstacle: Obstacle | None, gap: Shortfall, today: date) -> dict[str, str | None]:
    why, text = OBSTACLE_TEXTS[obstacle] if obstacle else None, shortfall_text(gap, today)
    return {
        "obstacle": obstacle,
        "obstacle_text": why.zh if why else None,
        "obstacle_text_en": why.en if why else None,
        "text": text.zh,
        "text_en": text.en,
    }


def _reason(reason: Reason) -> ReasonAnswer:
    text = ADVICE_TEXTS[reason]
    return ReasonAnswer(code=reason, text=text.zh, text_en=text.en)
