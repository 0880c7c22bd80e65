"""What reviewers see and do: completed watches with risk signals."""

from datetime import date, datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import AfterValidator, BaseModel, Field, StrictStr

from services.kit.bodies import Request
from services.kit.clock import from_ms
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.playback.app.context import RiskContext
from services.playback.app.risk.items import CaseStatus, RiskCase
from services.playback.app.risk.review_case import list_cases, read_case, review_case
from services.playback.domain.risk import RiskKind, Unit
from services.playback.domain.watch import LegKind
from services.playback.handlers.routes.fields import WatchId

MAX_CASES = 100


def _civil(text: str) -> str:
    date.fromisoformat(f"{text}-01" if len(text) == len("2026-01") else text)
    return text


Period = Annotated[
    str,
    Field(pattern=r"^20[0-9]{2}-[0-9]{2}(-[0-9]{2})?$", description="the month or day of completion, Asia/Shanghai"),
    AfterValidator(_civil),
]
Place = Annotated[str, Field(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}#[0-9a-f]{32}$")]
"""The sort key of a case."""


class ReviewRequest(Request):
    """What was found. Hours are held, released or voided in the ledger, not here."""

    reason: StrictStr = Field(pattern=r"\S", max_length=500, description="kept in the audit log")


class SignalAnswer(BaseModel):
    """One thing noticed: what was measured, and the threshold that it passed."""

    kind: RiskKind
    measured: int
    threshold: int
    unit: Unit


class FigureAnswer(BaseModel):
    """One more thing measured, and the threshold that it passed; with an office and a family in mind."""

    kind: str = Field(
        description="media_not_opened, accounts_on_device, accounts_on_address, devices_of_account or "
        "addresses_of_account; more may come"
    )
    measured: int
    threshold: int
    unit: str = Field(description="per_mille, accounts or places; more may come")


class ReviewAnswer(BaseModel):
    """Who looked at it, and what was found."""

    at: datetime
    reviewer: str
    reason: str


class CaseAnswer(BaseModel):
    """A completed watch that is worth a look. The signals refuse nothing by themselves."""

    watch_id: str
    learner_id: str
    course_id: str
    completed_at: datetime
    status: CaseStatus
    policy_id: str = Field(description="the edition of the thresholds")
    signals: list[SignalAnswer]
    figures: list[FigureAnswer]
    review: ReviewAnswer | None


class CasesAnswer(BaseModel):
    """Cases in order of their days."""

    cases: list[CaseAnswer]
    after: str | None = Field(description="ask for what comes after this place next; null: there is no more")


class LegAnswer(BaseModel):
    """One signed record of the watch."""

    number: int
    kind: LegKind
    session_id: str
    at: datetime
    furthest_ms: int
    prompt_index: int | None
    response_ms: int | None = Field(description="of prompt_confirmed: how long the prompt had waited")


class CaseEvidenceAnswer(CaseAnswer):
    """A case with what it rests on."""

    reactions: list[int] = Field(description="the reaction times judged together, of recent watches too; milliseconds")
    started_at: datetime
    duration_ms: int
    legs: list[LegAnswer]


def add_risk_routes(app: APIGatewayHttpResolver, ctx: RiskContext) -> None:
    """Listing cases, reading one with its evidence, and reviewing it."""
    reviewer = secured(Role.REVIEWER, function="risk")

    @app.get(
        "/v1/playback/risk-cases",
        operation_id="list_risk_cases",
        summary="Completed watches with risk signals, a page at a time",
        **reviewer,
    )
    def cases(
        period: Annotated[Period, Query()],
        status: Annotated[CaseStatus | None, Query()] = None,
        after: Annotated[Place | None, Query(description="the earlier page's `after`")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_CASES)] = 50,
    ) -> CasesAnswer:
        page = list_cases(ctx, period, status, after, limit)
        return CasesAnswer(cases=[CaseAnswer(**_case(case)) for case in page.items], after=page.after)

    @app.get(
        "/v1/playback/risk-cases/<watch_id>",
        operation_id="read_risk_case",
        summary="A watch with risk signals, and its evidence",
        **reviewer,
    )
    def case(watch_id: Annotated[WatchId, Path()]) -> CaseEvidenceAnswer:
        found, pack = read_case(ctx, watch_id)
        return CaseEvidenceAnswer(
            **_case(found),
            reactions=list(found.reactions),
            started_at=from_ms(pack["watch"]["started_at"]),
            duration_ms=pack["watch"]["duration_ms"],
            legs=[LegAnswer(**{**_fields(leg, LegAnswer), "at": from_ms(leg["at"])}) for leg in pack["legs"]],
        )

    @app.post(
        "/v1/playback/risk-cases/<watch_id>/review",
        operation_id="review_risk_case",
        summary="Mark a case as reviewed, with a reason",
        **secured(Role.REVIEWER, idempotent=True, function="risk"),
    )
    def review(watch_id: Annotated[WatchId, Path()], request: Annotated[ReviewRequest, Body()]) -> CaseAnswer:
        return CaseAnswer(**_case(review_case(ctx, call_of(app), watch_id, request.reason)))


def _case(case: RiskCase) -> dict[str, Any]:
    review = case.review
    return {
        "watch_id": case.watch_id,
        "learner_id": case.learner_id,
        "course_id": case.course_id,
        "completed_at": from_ms(case.completed_at),
        "status": case.status,
        "policy_id": case.policy_id,
        "signals": [SignalAnswer.model_validate(signal, from_attributes=True) for signal in case.signals],
        "figures": [FigureAnswer.model_validate(figure, from_attributes=True) for figure in case.figures],
        "review": review and ReviewAnswer(at=from_ms(review.at), reviewer=review.reviewer, reason=review.reason),
    }


def _fields(values: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    return {name: values[name] for name in model.model_fields}
