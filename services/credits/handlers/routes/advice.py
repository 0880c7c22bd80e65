"""The member quota, and what a course would give: read before it is begun."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictStr

from services.credits.app.advice.advise import Advice, advise, read_quotas
from services.credits.app.context import LedgerContext
from services.credits.app.texts.advice import ADVICE_TEXTS
from services.credits.domain import ids
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ledger import Draft, Kind
from services.credits.domain.quota import QuotaState
from services.credits.handlers.routes.fields import (
    Hours,
    OtherCertificatesAnswer,
    PeriodSpan,
    ReasonAnswer,
    learner_id,
    other_certificates,
)
from services.kit.bodies import Answer
from services.kit.http import HttpApi
from services.kit.identity import Role

CourseId = Annotated[
    ids.CourseId, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="the course's id")
]
Version = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9._-]{1,128}$", description="as the course's page names it")]


class QuotaAnswer(Answer):
    """How the quota of one membership period stands; null is: no limit."""

    membership_period_id: str
    valid_from: datetime
    valid_until: datetime = Field(description="the first instant it no longer holds")
    running: bool
    allowed_hours: Hours | None
    charged_hours: Hours = Field(description="earned by watching the library; each watch once")
    left_hours: Hours | None
    waiting_hours: Hours = Field(description="held because they did not fit; they count once they do")


class QuotasAnswer(Answer):
    """The learner's membership periods, newest first."""

    periods: list[QuotaAnswer]


class OutcomeAnswer(Answer):
    """What a course would give to one certificate, and why."""

    credential: Credential | None = Field(description="null: the course serves no certificate")
    kind: Kind = Field(description="award: it would count; hold: it would wait; declined: it would give nothing")
    hours: Hours
    period: PeriodSpan | None = Field(description="in which it would count, or has counted")
    reason: ReasonAnswer


class AdviceAnswer(Answer):
    """What a course version would give if it were completed now. It is advice: the ledger decides at completion."""

    course_id: str
    content_version: str
    title: str
    title_en: str | None
    hours: Hours
    category: Category
    quota: QuotaAnswer | None = Field(description="of the membership that runs; null: none does")
    covered: bool | None = Field(description="whether the quota has room for the whole course; null: it is not asked")
    watched: bool = Field(description="whether the ledger has a watch of this lecture: an award would be a new one")
    outcomes: list[OutcomeAnswer]
    other_certificates: OtherCertificatesAnswer | None = Field(
        description="of the outcomes those for certificates that are not registered, where some other one is"
    )


def add_advice_routes(api: HttpApi, ctx: LedgerContext) -> None:
    """The learner's routes."""
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/credits/quotas", "read_quotas")
    def quotas() -> QuotasAnswer:
        """The caller's member quotas."""
        now = ctx.clock.now()
        return QuotasAnswer(periods=[_quota(state, now) for state in read_quotas(ctx, learner_id(api))])

    @learner.route("GET /v1/credits/courses/<course_id>/advice", "advise")
    def advice(
        course_id: CourseId,
        content_version: Annotated[Version, Query()],
        on_membership: Annotated[
            bool, Query(description="whether it would be watched on the membership alone")
        ] = False,
    ) -> AdviceAnswer:
        """What a course would give the caller, per certificate, and whether the member quota covers it."""
        found = advise(ctx, learner_id(api), course_id, content_version, on_membership=on_membership)
        return _advice(found, ctx.clock.now())


def _advice(found: Advice, now: datetime) -> AdviceAnswer:
    return AdviceAnswer.of(
        found,
        found.course,
        quota=_quota(found.quota, now) if found.quota else None,
        outcomes=[_outcome(draft) for draft in found.outcomes],
        other_certificates=other_certificates(draft.credential for draft in found.for_others),
    )


def _outcome(draft: Draft) -> OutcomeAnswer:
    text = ADVICE_TEXTS[draft.reason]
    return OutcomeAnswer.of(draft, reason=ReasonAnswer(code=draft.reason, text=text.zh, text_en=text.en))


def _quota(state: QuotaState, now: datetime) -> QuotaAnswer:
    return QuotaAnswer.of(
        state.period,
        membership_period_id=state.period.id,
        running=state.period.covers(now),
        allowed_hours=state.period.quota_hours,
        charged_hours=state.charged,
        left_hours=state.left,
        waiting_hours=state.waiting,
    )
