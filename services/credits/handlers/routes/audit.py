"""What auditors read: the entries of one learner, or of a span of days, with where their evidence is."""

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import AfterValidator, BaseModel, Field

from services.credits.app.ledger.account import entries_page
from services.credits.app.ledger.postings import entries_between, posted_on
from services.credits.app.problems import SPAN_TOO_LONG
from services.credits.domain.ledger import Entry
from services.credits.handlers.routes.views import EntryAnswer, LearnerId, entry_answer
from services.kit.bodies import Day
from services.kit.http import secured
from services.kit.identity import Role
from services.kit.store import Store

MAX_SPAN = timedelta(days=31)
"""Each day is a query, found or not."""
MAX_ENTRIES, MAX_POSTINGS = 200, 50


def _place(text: str) -> str:
    posted_on(text)
    return text


Place = Annotated[str, Field(pattern=r"^20[0-9-]{8}T[0-9:.]{12}Z#[^#]{1,128}#[0-9]{10}$"), AfterValidator(_place)]
"""The sort key of a posting."""


class AuditedEntry(EntryAnswer):
    """An entry with its place in the chain. MACs are hexadecimal; the first entry's `previous_mac` is empty."""

    learner_id: str
    key_id: str
    previous_mac: str
    mac: str
    evidence: str = Field(description="path of the watch's signed evidence pack; empty: of a grant, which has none")


class LearnerEntriesAnswer(BaseModel):
    """Entries of one ledger, in order."""

    entries: list[AuditedEntry]
    after: int | None = Field(description="ask for what comes after this number next; null: there is no more")


class PeriodEntriesAnswer(BaseModel):
    """Entries of all ledgers, in order of posting."""

    entries: list[AuditedEntry]
    after: str | None = Field(description="ask for what comes after this place next; null: there is no more")


def add_audit_routes(app: APIGatewayHttpResolver, store: Store) -> None:
    """The auditors' routes."""
    auditor = secured(Role.AUDITOR, function="records")

    @app.get(
        "/v1/credits/learners/<learner_id>/entries",
        summary="A learner's ledger, a page at a time",
        operation_id="audit_learner",
        **auditor,
    )
    def audit_learner(
        learner_id: Annotated[LearnerId, Path()],
        after: Annotated[int, Query(ge=0, le=9_999_999_999, description="the last number seen")] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_ENTRIES)] = MAX_ENTRIES,
    ) -> LearnerEntriesAnswer:
        found = entries_page(store, learner_id, after, limit)
        next_ = found[-1].number if len(found) == limit else None
        return LearnerEntriesAnswer(entries=[audited(entry) for entry in found], after=next_)

    @app.get(
        "/v1/credits/entries",
        summary="What was posted to all ledgers on some days, a page at a time",
        operation_id="audit_period",
        **auditor,
    )
    def audit_period(
        first_day: Annotated[Day, Query(description="Asia/Shanghai")],
        last_day: Annotated[Day, Query(description="Asia/Shanghai; included")],
        after: Annotated[Place | None, Query(description="the earlier page's `after`")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_POSTINGS, description="of postings: entries made together")] = 50,
    ) -> PeriodEntriesAnswer:
        if not timedelta(0) <= last_day - first_day < MAX_SPAN:
            raise SPAN_TOO_LONG.problem(days=MAX_SPAN.days)
        page = entries_between(store, first_day, last_day, after, limit)
        return PeriodEntriesAnswer(entries=[audited(entry) for entry in page.entries], after=page.after)


def audited(entry: Entry) -> AuditedEntry:
    """The answer for one entry, as an auditor sees it."""
    watch_id = entry.completion.watch_id
    return AuditedEntry(
        **dict(entry_answer(entry)),
        learner_id=entry.learner_id,
        key_id=entry.key_id,
        previous_mac=entry.prev_mac,
        mac=entry.mac,
        evidence=f"/v1/playback/watches/{watch_id}/evidence" if watch_id else "",
    )
