"""Completed watches as xAPI statements, for the learner and for auditors. It only reads, and holds no key."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Field, StrictStr

from services.kit.http import HttpApi, caller, secured
from services.kit.identity import Role
from services.kit.store import Store
from services.playback import bootstrap
from services.playback.app.archive_watch import EvidenceArchive
from services.playback.app.read_statements import StatementsPage, read_statements

OWN = "/v1/playback/statements"
MAX_WATCHES = 20
"""Each is an object of the archive."""

LearnerId = Annotated[
    StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", description="the user pool's id of the learner")
]
Place = Annotated[
    str | None,
    Query(pattern=r"^[a-z0-9][a-z0-9-]{0,63}#[0-9]{4,10}$", description="as in the earlier page's `more`"),
]
Limit = Annotated[int, Query(ge=1, le=MAX_WATCHES, description="of watches, complete or not")]


class StatementsAnswer(BaseModel):
    """A StatementResult of xAPI 1.0.3."""

    statements: list[dict[str, Any]] = Field(description="of the xAPI Video Profile, verb completed")
    more: str = Field(description="path of the next page; empty after the last")


def build_api(store: Store, archive: EvidenceArchive, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", (), origin_secret)
    app = api.app

    @app.get(
        OWN,
        operation_id="read_statements",
        summary="The caller's completed watches as xAPI statements",
        **secured(Role.LEARNER, function="statements"),
    )
    def own(after: Place = None, limit: Limit = MAX_WATCHES) -> StatementsAnswer:
        return _answer(OWN, read_statements(store, archive, caller(app).id, after, limit), limit)

    @app.get(
        "/v1/playback/learners/<learner_id>/statements",
        operation_id="read_learner_statements",
        summary="A learner's completed watches as xAPI statements",
        **secured(Role.AUDITOR, function="statements"),
    )
    def of_learner(
        learner_id: Annotated[LearnerId, Path()], after: Place = None, limit: Limit = MAX_WATCHES
    ) -> StatementsAnswer:
        path = f"/v1/playback/learners/{learner_id}/statements"
        return _answer(path, read_statements(store, archive, learner_id, after, limit), limit)

    return api


def _answer(path: str, page: StatementsPage, limit: int) -> StatementsAnswer:
    more = f"{path}?limit={limit}&after={quote(page.after, safe='')}" if page.after else ""
    return StatementsAnswer(statements=page.statements, more=more)


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.store(), bootstrap.packs(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
