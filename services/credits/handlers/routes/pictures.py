"""Pictures of certificates: sent by learners, looked at by administrators."""

from base64 import b64encode
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from pydantic import Field, StrictStr

from services.credits.app.certificates.read_claim import read_claim
from services.credits.app.context import PeopleContext
from services.credits.app.pictures.send_picture import attach_picture, begin_picture, withdraw_picture
from services.credits.app.pictures.show_picture import show_picture
from services.credits.domain.credentials import Credential
from services.credits.domain.pictures import MOST_BYTES
from services.credits.handlers.routes.certificates import OwnCertificate, own_certificate
from services.credits.handlers.routes.fields import LearnerId, learner_id
from services.credits.handlers.routes.files import file_answer
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

JPEG = "image/jpeg"
_SHOWN = file_answer(JPEG, "the picture")


class PictureUploadAnswer(Answer):
    """Where to send one picture, within a quarter of an hour."""

    picture_id: str = Field(description="to attach it by, once it was sent")
    url: str = Field(description="takes a form (multipart/form-data) by POST")
    fields: dict[str, str] = Field(description="of the form, as they are; the picture is its last one: `file`")
    max_bytes: int = Field(description=f"a JPEG of at most so many: {MOST_BYTES}")


class PictureRequest(Request):
    """Which picture was sent."""

    picture_id: Annotated[StrictStr, Field(pattern="^[0-9a-f]{32}$")]


def add_picture_routes(api: HttpApi, ctx: PeopleContext) -> None:
    """The learner's routes and the administrators'."""
    learner = api.secured(Role.LEARNER)

    @learner.route("POST /v1/credits/certificates/<credential>/picture-uploads", "begin_picture", status_code=201)
    def begin(credential: Credential) -> PictureUploadAnswer:
        """Begin to send a picture of a certificate that waits for an administrator."""
        ticket = begin_picture(ctx, api.call(), credential)
        return PictureUploadAnswer.of(ticket.upload, picture_id=ticket.picture, max_bytes=MOST_BYTES)

    @learner.route("PUT /v1/credits/certificates/<credential>/picture", "attach_picture")
    def attach(credential: Credential, request: PictureRequest) -> OwnCertificate:
        """Attach the picture that was sent, in the place of an earlier one; safe to repeat."""
        certificate = attach_picture(ctx, api.call(), credential, request.picture_id)
        return own_certificate(read_claim(ctx.store, certificate.learner_id, credential))

    @learner.route("DELETE /v1/credits/certificates/<credential>/picture", "withdraw_picture")
    def withdraw(credential: Credential) -> OwnCertificate:
        """Take the picture back while nobody has decided on the certificate; safe to repeat."""
        certificate = withdraw_picture(ctx, api.call(), credential)
        return own_certificate(read_claim(ctx.store, certificate.learner_id, credential))

    @learner.route("GET /v1/credits/certificates/<credential>/picture", "read_own_picture", responses=_SHOWN)
    def own(credential: Credential) -> Response[str]:
        """The picture that the caller sent, until an administrator has decided."""
        return _picture(show_picture(ctx, api.call(), learner_id(api), credential))

    @api.secured(Role.ADMINISTRATOR).route(
        "POST /v1/credits/learners/<learner_id>/certificates/<credential>/picture-views",
        "show_picture",
        responses=_SHOWN,
    )
    def show(learner_id: LearnerId, credential: Credential) -> Response[str]:
        """Look at the picture of a certificate that waits; each look is in the audit log."""
        return _picture(show_picture(ctx, api.call(), learner_id, credential))


def _picture(content: bytes) -> Response[str]:
    """To be shown by a page that asked for it, and by nothing else: as an address it is a file to save."""
    headers: dict[str, str | list[str]] = {
        "Content-Disposition": 'attachment; filename="certificate.jpg"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    response = Response(200, JPEG, b64encode(content).decode(), headers=headers)
    response.base64_encoded = True
    return response
