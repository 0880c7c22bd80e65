"""Completed watches as xAPI statements, for the learner and for auditors."""

from typing import Annotated, Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from services.kit.bodies import Answer
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.store import Page
from services.playback.app.context import StatementsContext
from services.playback.app.statements.read_statements import read_statements
from services.playback.domain import ids
from services.playback.handlers.routes.fields import LearnerId

OWN = "/v1/playback/statements"
MAX_WATCHES = 20
"""Each is an object of the archive."""

Place = Annotated[
    str | None,
    Query(pattern=r"^[a-z0-9][a-z0-9-]{0,63}#[0-9]{4,10}$", description="as in the earlier page's `more`"),
]
Limit = Annotated[int, Query(ge=1, le=MAX_WATCHES, description="of watches, complete or not")]


class StatementsAnswer(Answer):
    """A StatementResult of xAPI 1.0.3."""

    statements: list[dict[str, Any]] = Field(description="of the xAPI Video Profile, verb completed")
    more: str = Field(description="path of the next page; empty after the last")


def add_statements_routes(api: HttpApi, ctx: StatementsContext) -> None:
    """The caller's own, and any learner's."""

    @api.secured(Role.LEARNER).route(f"GET {OWN}", "read_statements")
    def own(after: Place = None, limit: Limit = MAX_WATCHES) -> StatementsAnswer:
        """The caller's completed watches as xAPI statements."""
        return _answer(OWN, read_statements(ctx, ids.LearnerId(api.call().caller_id), after, limit), limit)

    @api.secured(Role.AUDITOR).route("GET /v1/playback/learners/<learner_id>/statements", "read_learner_statements")
    def of_learner(learner_id: LearnerId, after: Place = None, limit: Limit = MAX_WATCHES) -> StatementsAnswer:
        """A learner's completed watches as xAPI statements."""
        path = f"/v1/playback/learners/{learner_id}/statements"
        return _answer(path, read_statements(ctx, learner_id, after, limit), limit)


def _answer(path: str, page: Page[dict[str, Any]], limit: int) -> StatementsAnswer:
    more = f"{path}?limit={limit}&after={quote(page.after, safe='')}" if page.after else ""
    return StatementsAnswer(statements=list(page.items), more=more)
