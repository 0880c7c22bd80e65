"""The learner's inbox, and what comes by e-mail."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictInt

from services.credits.app.context import Context
from services.credits.app.notices.inbox import (
    InboxView,
    count_unread,
    mark_read,
    read_inbox,
    read_mail_settings,
    set_mail_settings,
)
from services.credits.app.texts.notices import text_of
from services.credits.domain.credentials import Credential
from services.credits.domain.notices import Inbox, Notice, NoticeKind
from services.credits.handlers.routes.fields import LearnerId, learner_id
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

MAX_PAGE, USUAL_PAGE = 50, 20
MOST = 9_999_999_999

Number = Annotated[StrictInt, Field(ge=1, le=MOST)]
Before = Annotated[int | None, Query(ge=1, le=MOST)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


class NoticeAnswer(Answer):
    """One notice."""

    number: int = Field(description="counts the learner's notices, from 1")
    at: datetime = Field(description="when what it tells of happened")
    kind: NoticeKind
    title: str
    title_en: str
    text: str
    text_en: str
    credential: Credential | None
    entry_id: str | None = Field(description="the ledger's entry that it is about")
    read: bool


class NoticesAnswer(Answer):
    """A page of notices, newest first."""

    notices: list[NoticeAnswer]
    unread: int = Field(description="in the whole inbox")
    before: int | None = Field(description="ask for what comes before this number next; null: there is no more")


class UnreadAnswer(Answer):
    """How many notices were not read."""

    unread: int


class ReadRequest(Request):
    """What was read: some notices, all up to one, or both."""

    numbers: list[Number] = Field(default_factory=list, max_length=100)
    up_to: StrictInt = Field(default=0, ge=0, le=MOST, description="all notices up to this number")


class NoticeSettings(Request):
    """Which kinds of notices do not come by e-mail; the inbox has them all."""

    mail_off: list[NoticeKind] = Field(max_length=20)


def add_notice_routes(api: HttpApi, ctx: Context) -> None:
    """The inbox's routes."""
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/credits/notices", "read_notices")
    def notices(before: Before = None, limit: Limit = USUAL_PAGE) -> NoticesAnswer:
        """The caller's notices, newest first."""
        return _page(read_inbox(ctx.store, learner_id(api), before, limit))

    @api.secured(Role.ADMINISTRATOR, Role.SUPPORT).route(
        "GET /v1/credits/learners/<learner_id>/notices", "read_learner_notices"
    )
    def of_learner(learner_id: LearnerId, before: Before = None, limit: Limit = USUAL_PAGE) -> NoticesAnswer:
        """A learner's notices, newest first; that staff look at them does not make them read."""
        return _page(read_inbox(ctx.store, learner_id, before, limit))

    @learner.route("GET /v1/credits/notices/unread", "count_unread")
    def unread() -> UnreadAnswer:
        """How many notices were not read."""
        return UnreadAnswer(unread=count_unread(ctx.store, learner_id(api)))

    @learner.route("POST /v1/credits/notices/read", "mark_read")
    def read(request: ReadRequest) -> UnreadAnswer:
        """Note what was read; safe to repeat."""
        return UnreadAnswer(unread=mark_read(ctx, api.call(), request.numbers, request.up_to))

    @learner.route("GET /v1/credits/notices/settings", "read_notice_settings")
    def settings() -> NoticeSettings:
        """Which notices come by e-mail."""
        return NoticeSettings(mail_off=list(read_mail_settings(ctx.store, learner_id(api)).off))

    @learner.route("PUT /v1/credits/notices/settings", "set_notice_settings")
    def change(request: NoticeSettings) -> NoticeSettings:
        """Switch e-mail off or on by kind."""
        return NoticeSettings(mail_off=list(set_mail_settings(ctx, api.call(), request.mail_off).off))


def _page(view: InboxView) -> NoticesAnswer:
    found = view.notices.items
    return NoticesAnswer(
        notices=[_answer(notice, view.inbox) for notice in found],
        unread=view.inbox.unread,
        before=found[-1].number if view.notices.after else None,
    )


def _answer(notice: Notice, inbox: Inbox) -> NoticeAnswer:
    title, text = text_of(notice.told)
    return NoticeAnswer.of(
        notice,
        notice.told,
        title=title.zh,
        title_en=title.en,
        text=text.zh,
        text_en=text.en,
        read=inbox.is_read(notice.number),
    )
