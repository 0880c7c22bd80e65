"""Opening the lecture's files to a live session, and its handouts to who may watch."""

from datetime import datetime
from functools import partial

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from pydantic import Field

from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.playback.app.context import MediaContext
from services.playback.app.media.grant_media import MediaGrant, grant_handouts, grant_media
from services.playback.handlers.routes.fields import CourseId, Token


class MediaRequest(Request):
    """The session that wants its lecture."""

    token: Token


class MediaAnswer(Answer):
    """What is open until when; the cookies that open it come with the answer."""

    folder: str = Field(description="path of the content version's folder, or of its handouts")
    expires_at: datetime = Field(description="ask again before then")


def add_media_routes(api: HttpApi, ctx: MediaContext) -> None:
    """The routes."""

    @api.secured(Role.LEARNER).route("POST /v1/playback/media-grants", "grant_media")
    def media(request: MediaRequest) -> Response[MediaAnswer]:
        """Open the lecture's files to the live session for five minutes (sets cookies)."""
        return _opened(grant_media(ctx, api.call(), request.token))

    @api.secured(Role.LEARNER).route("POST /v1/playback/courses/<course_id>/handout-grants", "grant_handouts")
    def handouts(course_id: CourseId) -> Response[MediaAnswer]:
        """Open a course's handouts to who may watch it, for five minutes (sets cookies)."""
        return _opened(grant_handouts(ctx, api.call(), course_id))


def _opened(grant: MediaGrant) -> Response[MediaAnswer]:
    cookie = partial(
        Cookie, path=grant.folder, http_only=True, same_site=SameSite.STRICT_MODE, expires=grant.expires_at
    )
    return Response(
        200,
        body=MediaAnswer(folder=grant.folder, expires_at=grant.expires_at),
        content_type="application/json",
        cookies=[cookie(name=name, value=value) for name, value in grant.cookies.items()],
    )
