"""The member quota, and what a course would give: read before it is begun."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import BaseModel, Field, Strict, StrictStr

from services.credits.app.advice.advise import Advice, advise, read_quotas
from services.credits.app.context import LedgerContext
from services.credits.app.texts.advice import ADVICE_TEXTS
from services.credits.app.texts.wording import hours_text
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ids import CourseId, LearnerId
from services.credits.domain.ledger import Draft, Kind
from services.credits.domain.quota import QuotaState
from services.credits.handlers.routes.fields import Hours, PeriodSpan, ReasonAnswer, known_hours, span
from services.kit.http import caller, secured
from services.kit.identity import Role

CourseIdPath = Annotated[
    CourseId, Strict(), Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="the course's id"), Path()
]
Version = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9._-]{1,128}$", description="as the course's page names it")]


class QuotaAnswer(BaseModel):
    """How the quota of one membership period stands; null is: no limit."""

    membership_period_id: str
    valid_from: datetime
    valid_until: datetime = Field(description="the first instant it no longer holds")
    running: bool
    allowed_hours: Hours | None
    charged_hours: Hours = Field(description="earned by watching the library; each watch once")
    left_hours: Hours | None
    waiting_hours: Hours = Field(description="held because they did not fit; they count once they do")


class QuotasAnswer(BaseModel):
    """The learner's membership periods, newest first."""

    periods: list[QuotaAnswer]


class OutcomeAnswer(BaseModel):
    """What a course would give to one certificate, and why."""

    credential: Credential | None = Field(description="null: the course serves no certificate")
    kind: Kind = Field(description="award: it would count; hold: it would wait; declined: it would give nothing")
    hours: Hours
    period: PeriodSpan | None = Field(description="in which it would count, or has counted")
    reason: ReasonAnswer


class AdviceAnswer(BaseModel):
    """What a course version would give if it were completed now. It is advice: the ledger decides at completion."""

    course_id: str
    content_version: str
    title: str
    title_en: str | None
    hours: Hours
    category: Category
    quota: QuotaAnswer | None = Field(description="of the membership that runs; null: none does")
    covered: bool | None = Field(description="whether the quota has room for the whole course; null: it is not asked")
    outcomes: list[OutcomeAnswer]


def add_advice_routes(app: APIGatewayHttpResolver, ctx: LedgerContext) -> None:
    """The learner's routes."""
    learner = secured(Role.LEARNER)

    @app.get("/v1/credits/quotas", summary="The caller's member quotas", operation_id="read_quotas", **learner)
    def quotas() -> QuotasAnswer:
        now = ctx.clock.now()
        return QuotasAnswer(periods=[_quota(state, now) for state in read_quotas(ctx, LearnerId(caller(app).id))])

    @app.get(
        "/v1/credits/courses/<course_id>/advice",
        summary="What a course would give the caller, per certificate, and whether the member quota covers it",
        operation_id="advise",
        **learner,
    )
    def advice(
        course_id: CourseIdPath,
        content_version: Annotated[Version, Query()],
        on_membership: Annotated[
            bool, Query(description="whether it would be watched on the membership alone")
        ] = False,
    ) -> AdviceAnswer:
        found = advise(ctx, LearnerId(caller(app).id), course_id, content_version, on_membership=on_membership)
        return _advice(found, ctx.clock.now())


def _advice(found: Advice, now: datetime) -> AdviceAnswer:
    course = found.course
    return AdviceAnswer(
        course_id=course.course_id,
        content_version=course.content_version,
        title=course.title,
        title_en=course.title_en,
        hours=hours_text(course.hours),
        category=course.category,
        quota=_quota(found.quota, now) if found.quota else None,
        covered=found.covered,
        outcomes=[_outcome(draft) for draft in found.outcomes],
    )


def _outcome(draft: Draft) -> OutcomeAnswer:
    text = ADVICE_TEXTS[draft.reason]
    return OutcomeAnswer(
        credential=draft.credential,
        kind=draft.kind,
        hours=hours_text(draft.hours),
        period=span(draft.period) if draft.period else None,
        reason=ReasonAnswer(code=draft.reason, text=text.zh, text_en=text.en),
    )


def _quota(state: QuotaState, now: datetime) -> QuotaAnswer:
    return QuotaAnswer(
        membership_period_id=state.period.id,
        valid_from=state.period.valid_from,
        valid_until=state.period.valid_until,
        running=state.period.covers(now),
        allowed_hours=known_hours(state.period.quota_hours),
        charged_hours=hours_text(state.charged),
        left_hours=known_hours(state.left),
        waiting_hours=hours_text(state.waiting),
    )
