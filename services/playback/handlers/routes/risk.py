"""What reviewers see and do: completed watches with risk signals."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictStr

from services.kit.bodies import DAY_OF_THIS_CENTURY, Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.playback.app.context import RiskContext
from services.playback.app.risk.items import CaseStatus
from services.playback.app.risk.review_case import list_cases, read_case, review_case
from services.playback.domain.risk import RiskKind, Unit
from services.playback.domain.watch import LegKind
from services.playback.handlers.routes.fields import Instant, WatchId

MAX_CASES = 100


Period = Annotated[
    str,
    Field(
        pattern=rf"^(20[0-9]{{2}}-(0[1-9]|1[0-2])|{DAY_OF_THIS_CENTURY})$",
        description="the month or day of completion, Asia/Shanghai",
    ),
]
Place = Annotated[str, Field(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}#[0-9a-f]{32}$")]
"""The sort key of a case."""


class ReviewRequest(Request):
    """What was found. Hours are held, released or voided in the ledger, not here."""

    reason: StrictStr = Field(pattern=r"\S", max_length=500, description="kept in the audit log")


class SignalAnswer(Answer):
    """One thing noticed: what was measured, and the threshold that it passed."""

    kind: RiskKind
    measured: int
    threshold: int
    unit: Unit


class FigureAnswer(Answer):
    """One more thing measured, and the threshold that it passed; with an office and a family in mind."""

    kind: str = Field(
        description="media_not_opened, accounts_on_device, accounts_on_address, devices_of_account or "
        "addresses_of_account; more may come"
    )
    measured: int
    threshold: int
    unit: str = Field(description="per_mille, accounts or places; more may come")


class ReviewAnswer(Answer):
    """Who looked at it, and what was found."""

    at: Instant
    reviewer: str
    reason: str


class CaseAnswer(Answer):
    """A completed watch that is worth a look. The signals refuse nothing by themselves."""

    watch_id: str
    learner_id: str
    course_id: str
    completed_at: Instant
    status: CaseStatus
    policy_id: str = Field(description="the edition of the thresholds")
    signals: list[SignalAnswer]
    figures: list[FigureAnswer]
    review: ReviewAnswer | None


class CasesAnswer(Answer):
    """Cases in order of their days."""

    cases: list[CaseAnswer]
    after: str | None = Field(description="ask for what comes after this place next; null: there is no more")


class LegAnswer(Answer):
    """One signed record of the watch."""

    number: int
    kind: LegKind
    session_id: str
    at: Instant
    furthest_ms: int
    prompt_index: int | None
    response_ms: int | None = Field(description="of prompt_confirmed: how long the prompt had waited")


class CaseEvidenceAnswer(CaseAnswer):
    """A case with what it rests on."""

    reactions: list[int] = Field(description="the reaction times judged together, of recent watches too; milliseconds")
    started_at: Instant
    duration_ms: int
    legs: list[LegAnswer]


def add_risk_routes(api: HttpApi, ctx: RiskContext) -> None:
    """Listing cases, reading one with its evidence, and reviewing it."""
    reviewer = api.secured(Role.REVIEWER)

    @reviewer.route("GET /v1/playback/risk-cases", "list_risk_cases")
    def cases(
        period: Annotated[Period, Query()],
        status: CaseStatus | None = None,
        after: Annotated[Place | None, Query(description="the earlier page's `after`")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_CASES)] = 50,
    ) -> CasesAnswer:
        """Completed watches with risk signals, a page at a time."""
        page = list_cases(ctx, period, status, after, limit)
        return CasesAnswer.of(page, cases=page.items)

    @reviewer.route("GET /v1/playback/risk-cases/<watch_id>", "read_risk_case")
    def case(watch_id: WatchId) -> CaseEvidenceAnswer:
        """A watch with risk signals, and its evidence."""
        found, pack = read_case(ctx, watch_id)
        watch = pack["watch"]
        return CaseEvidenceAnswer.of(
            found, started_at=watch["started_at"], duration_ms=watch["duration_ms"], legs=pack["legs"]
        )

    @reviewer.route("POST /v1/playback/risk-cases/<watch_id>/review", "review_risk_case", idempotent=True)
    def review(watch_id: WatchId, request: ReviewRequest) -> CaseAnswer:
        """Mark a case as reviewed, with a reason."""
        return CaseAnswer.of(review_case(ctx, api.call(), watch_id, request.reason))
