"""The learner's inbox, and what comes by e-mail."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import BaseModel, Field, StrictInt

from services.credits.app.context import Context
from services.credits.app.notices.inbox import (
    count_unread,
    mark_read,
    read_inbox,
    read_mail_settings,
    set_mail_settings,
)
from services.credits.app.texts.notices import text_of
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.notices import Notice, NoticeKind
from services.kit.bodies import Request
from services.kit.http import call_of, caller, secured
from services.kit.identity import Role

MAX_PAGE, USUAL_PAGE = 50, 20
MOST = 9_999_999_999

Number = Annotated[StrictInt, Field(ge=1, le=MOST)]


class NoticeAnswer(BaseModel):
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


class NoticesAnswer(BaseModel):
    """A page of notices, newest first."""

    notices: list[NoticeAnswer]
    unread: int = Field(description="in the whole inbox")
    before: int | None = Field(description="ask for what comes before this number next; null: there is no more")


class UnreadAnswer(BaseModel):
    """How many notices were not read."""

    unread: int


class ReadRequest(Request):
    """What was read: some notices, all up to one, or both."""

    numbers: list[Number] = Field(default_factory=list, max_length=100)
    up_to: StrictInt = Field(default=0, ge=0, le=MOST, description="all notices up to this number")


class NoticeSettings(Request):
    """Which kinds of notices do not come by e-mail; the inbox has them all."""

    mail_off: list[NoticeKind] = Field(max_length=20)


def add_notice_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """The inbox's routes."""
    path, learner = "/v1/credits/notices", secured(Role.LEARNER)

    @app.get(path, summary="The caller's notices, newest first", operation_id="read_notices", **learner)
    def notices(
        before: Annotated[int | None, Query(ge=1, le=MOST)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = USUAL_PAGE,
    ) -> NoticesAnswer:
        view = read_inbox(ctx.store, LearnerId(caller(app).id), before, limit)
        found = view.notices.items
        return NoticesAnswer(
            notices=[_answer(notice, read=view.inbox.is_read(notice.number)) for notice in found],
            unread=view.inbox.unread,
            before=found[-1].number if view.notices.after else None,
        )

    @app.get(f"{path}/unread", summary="How many notices were not read", operation_id="count_unread", **learner)
    def unread() -> UnreadAnswer:
        return UnreadAnswer(unread=count_unread(ctx.store, LearnerId(caller(app).id)))

    @app.post(f"{path}/read", summary="Note what was read; safe to repeat", operation_id="mark_read", **learner)
    def read(request: Annotated[ReadRequest, Body()]) -> UnreadAnswer:
        return UnreadAnswer(unread=mark_read(ctx, call_of(app), request.numbers, request.up_to))

    _add_settings_routes(app, ctx)


def _add_settings_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    path, learner = "/v1/credits/notices/settings", secured(Role.LEARNER)

    @app.get(path, summary="Which notices come by e-mail", operation_id="read_notice_settings", **learner)
    def settings() -> NoticeSettings:
        return NoticeSettings(mail_off=list(read_mail_settings(ctx.store, LearnerId(caller(app).id)).off))

    @app.put(path, summary="Switch e-mail off or on by kind", operation_id="set_notice_settings", **learner)
    def change(request: Annotated[NoticeSettings, Body()]) -> NoticeSettings:
        return NoticeSettings(mail_off=list(set_mail_settings(ctx, call_of(app), request.mail_off).off))


def _answer(notice: Notice, *, read: bool) -> NoticeAnswer:
    title, text = text_of(notice.told)
    return NoticeAnswer(
        number=notice.number,
        at=notice.at,
        kind=notice.told.kind,
        title=title.zh,
        title_en=title.en,
        text=text.zh,
        text_en=text.en,
        credential=notice.told.credential,
        entry_id=notice.told.entry_id,
        read=read,
    )
