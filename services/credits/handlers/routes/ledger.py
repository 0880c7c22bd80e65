"""The ledger: as learners and reviewers see it, and as auditors read it, with where the evidence is."""

from datetime import datetime, timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from services.credits.app.context import Context
from services.credits.app.ledger.items import read_page, read_timeline
from services.credits.app.ledger.postings import entries_between
from services.credits.app.ledger.problems import SPAN_TOO_LONG
from services.credits.app.texts.reasons import TEXTS
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ledger import Entry, Kind
from services.credits.handlers.routes.fields import Hours, LearnerId, Number, PeriodSpan, ReasonAnswer, learner_id
from services.kit.bodies import DAY_OF_THIS_CENTURY, Answer, Day
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.store import Page

MAX_SPAN = timedelta(days=31)
"""Each day is a query, found or not."""
MAX_ENTRIES, MAX_POSTINGS = 200, 50


_INSTANT = rf"{DAY_OF_THIS_CENTURY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{{3}}Z"
Place = Annotated[str, Field(pattern=rf"^{_INSTANT}#[^#]{{1,128}}#[0-9]{{10}}$")]
"""The sort key of a posting."""
Entries = Annotated[int, Query(ge=1, le=MAX_ENTRIES)]


class EntryAnswer(Answer):
    """One entry of the ledger."""

    number: int = Field(description="place in the ledger, from 1")
    entry_id: str
    at: datetime
    kind: Kind
    credential: Credential | None = Field(description="null: the course serves no certificate")
    hours: Hours = Field(description="what the entry moves: 0 where nothing was given")
    reason: ReasonAnswer
    period: PeriodSpan | None
    settles: int | None = Field(
        description="the number of the entry that this one acts on: a release's hold; a reversal's or review's award"
    )
    note: str | None = Field(description="a reviewer's or administrator's words")
    watch_id: str = Field(description="empty, as the course's id and version: of a grant, which has no watch here")
    course_id: str
    content_version: str
    content_id: str = Field(description="the lecture: two courses may have the same; empty as well")
    title: str
    title_en: str | None = Field(description="null: it has none, or the entry is from before it was kept")
    category: Category
    course_hours: Hours = Field(description="what the course version gives")
    completed_at: datetime


class TimelineAnswer(Answer):
    """A page of a ledger, newest entry first."""

    entries: list[EntryAnswer]
    after: int | None = Field(description="ask for what comes after this number next; null: there is no more")


class AuditedEntry(EntryAnswer):
    """An entry with its place in the chain. MACs are hexadecimal; the first entry's `previous_mac` is empty."""

    learner_id: str
    key_id: str
    previous_mac: str
    mac: str
    evidence: str = Field(description="path of the watch's signed evidence pack; empty: of a grant, which has none")


class LearnerEntriesAnswer(Answer):
    """Entries of one ledger, in order."""

    entries: list[AuditedEntry]
    after: int | None = Field(description="ask for what comes after this number next; null: there is no more")


class PeriodEntriesAnswer(Answer):
    """Entries of all ledgers, in order of posting."""

    entries: list[AuditedEntry]
    after: str | None = Field(description="ask for what comes after this place next; null: there is no more")


def add_timeline_routes(api: HttpApi, ctx: Context) -> None:
    """The learner's own ledger, and any learner's for staff who help or review."""
    learner, staff = api.secured(Role.LEARNER), api.secured(Role.REVIEWER, Role.ADMINISTRATOR, Role.SUPPORT)

    @learner.route("GET /v1/credits/timeline", "read_timeline")
    def timeline(after: Number = 0, limit: Entries = MAX_ENTRIES) -> TimelineAnswer:
        """The caller's ledger, newest entry first, a page at a time."""
        return _timeline(read_timeline(ctx.store, learner_id(api), after, limit))

    @staff.route("GET /v1/credits/learners/<learner_id>/timeline", "read_learner_timeline")
    def timeline_of(learner_id: LearnerId, after: Number = 0, limit: Entries = MAX_ENTRIES) -> TimelineAnswer:
        """A learner's ledger, newest entry first, a page at a time."""
        return _timeline(read_timeline(ctx.store, learner_id, after, limit))


def add_audit_routes(api: HttpApi, ctx: Context) -> None:
    """The auditors' routes."""
    auditor = api.secured(Role.AUDITOR)

    @auditor.route("GET /v1/credits/learners/<learner_id>/entries", "audit_learner")
    def audit_learner(
        learner_id: LearnerId,
        after: Number = 0,
        limit: Entries = MAX_ENTRIES,
    ) -> LearnerEntriesAnswer:
        """A learner's ledger, a page at a time."""
        page = read_page(ctx.store, learner_id, after, limit)
        entries = [_audited(entry) for entry in page.items]
        return LearnerEntriesAnswer(entries=entries, after=entries[-1].number if page.after else None)

    @auditor.route("GET /v1/credits/entries", "audit_period")
    def audit_period(
        first_day: Annotated[Day, Query(description="Asia/Shanghai")],
        last_day: Annotated[Day, Query(description="Asia/Shanghai; included")],
        after: Annotated[Place | None, Query(description="the earlier page's `after`")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_POSTINGS, description="of postings: entries made together")] = 50,
    ) -> PeriodEntriesAnswer:
        """What was posted to all ledgers on some days, a page at a time."""
        if not timedelta(0) <= last_day - first_day < MAX_SPAN:
            raise SPAN_TOO_LONG.problem(days=MAX_SPAN.days)
        page = entries_between(ctx.store, first_day, last_day, after, limit)
        return PeriodEntriesAnswer(entries=[_audited(entry) for entry in page.items], after=page.after)


def entry_answer(entry: Entry) -> EntryAnswer:
    """The answer for one entry."""
    watch, text = entry.completion, TEXTS[entry.reason]
    reason = ReasonAnswer(code=entry.reason, text=text.zh, text_en=text.en)
    return EntryAnswer.of(entry, watch, hours=entry.hours, reason=reason, course_hours=watch.hours)


def _audited(entry: Entry) -> AuditedEntry:
    """The answer for one entry, as an auditor sees it."""
    watch_id = entry.completion.watch_id
    evidence = f"/v1/playback/watches/{watch_id}/evidence" if watch_id else ""
    return AuditedEntry.of(entry, **dict(entry_answer(entry)), previous_mac=entry.prev_mac, evidence=evidence)


def _timeline(page: Page[Entry]) -> TimelineAnswer:
    entries = [entry_answer(entry) for entry in page.items]
    return TimelineAnswer(entries=entries, after=entries[-1].number if page.after else None)
