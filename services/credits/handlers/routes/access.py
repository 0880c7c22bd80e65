"""Second factors, and a person's own sign-ins."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StrictStr

from services.credits.app.access.second_factor import recover_access, reset_second_factor, set_up_second_factor
from services.credits.app.access.sign_ins import end_all_sign_ins, end_sign_in, note_sign_in, read_sign_ins
from services.credits.app.context import AccessContext
from services.credits.domain.access import written_code
from services.credits.domain.profile import EMAIL, clean_email
from services.credits.handlers.routes.fields import Reason
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

MAX_AGENT = 200
MAX_TOKEN = 4000
"""The pool's have fewer than 2000 characters; a key of KMS takes 4096 bytes."""

Email = Annotated[
    StrictStr,
    Field(min_length=3, max_length=254, json_schema_extra={"pattern": f"^{EMAIL}$"}),
    AfterValidator(clean_email),
]
Password = Annotated[StrictStr, Field(min_length=1, max_length=256)]
SignInId = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="as the list names it")]


class RecoveryCodes(Answer):
    """What to keep for the day on which the device is gone."""

    recovery_codes: list[str] = Field(description="each serves once; they are shown this one time")


class RecoveryRequest(Request):
    """Who has lost the device."""

    email: Email
    password: Password
    recovery_code: StrictStr = Field(min_length=1, max_length=64)


class ResetRequest(Request):
    """Whose second factor is to go, and why."""

    email: Email
    reason: Reason


class NoteRequest(Request):
    """What renews this sign-in. It is kept sealed, to end the sign-in with."""

    refresh_token: str = Field(strict=True, min_length=1, max_length=MAX_TOKEN, pattern=r"^[A-Za-z0-9._~+/=-]+$")


class DoneAnswer(Answer):
    """That it was done."""

    done: bool


class SignInAnswer(Answer):
    """A sign-in that is under way."""

    sign_in_id: str
    begun_at: datetime
    seen_at: datetime
    agent: str = Field(description="what the browser said of itself")
    current: bool = Field(description="the one that asks")


class SignInsAnswer(Answer):
    """The caller's sign-ins that are under way, the last seen first."""

    sign_ins: list[SignInAnswer]


def add_access_routes(api: HttpApi, ctx: AccessContext) -> None:
    """All of them."""
    _add_factor_routes(api, ctx)
    _add_sign_in_routes(api, ctx)


def _add_factor_routes(api: HttpApi, ctx: AccessContext) -> None:
    @api.secured(*Role).route("POST /v1/credits/access/second-factor", "set_up_second_factor")
    def set_up() -> RecoveryCodes:
        """Let the verified device count, and get recovery codes; ends all sign-ins, this one too."""
        return RecoveryCodes(recovery_codes=[written_code(code) for code in set_up_second_factor(ctx, api.call())])

    @api.public().route("POST /v1/credits/access/recovery", "recover_access")
    def recover(request: RecoveryRequest) -> DoneAnswer:
        """Take a lost second factor away with a recovery code, which serves once."""
        recover_access(ctx, request.email, request.password, request.recovery_code)
        return DoneAnswer(done=True)

    @api.secured(Role.ADMINISTRATOR).route("POST /v1/credits/access/second-factor-resets", "reset_second_factor")
    def reset(request: ResetRequest) -> DoneAnswer:
        """Take somebody's second factor and password away; a code for a new password is mailed to them."""
        reset_second_factor(ctx, api.call(), request.email, request.reason)
        return DoneAnswer(done=True)


def _add_sign_in_routes(api: HttpApi, ctx: AccessContext) -> None:
    anybody = api.secured(*Role)

    @anybody.route("PUT /v1/credits/access/sign-ins/current", "note_sign_in")
    def note(request: NoteRequest) -> DoneAnswer:
        """Note this sign-in, or that it is seen again; safe to repeat."""
        agent = api.app.current_event.headers.get("user-agent", "")[:MAX_AGENT]
        note_sign_in(ctx, api.call(), agent, request.refresh_token)
        return DoneAnswer(done=True)

    @anybody.route("GET /v1/credits/access/sign-ins", "read_sign_ins")
    def sign_ins() -> SignInsAnswer:
        """The caller's sign-ins that are under way."""
        found = read_sign_ins(ctx, api.call())
        return SignInsAnswer(sign_ins=[SignInAnswer.of(view, sign_in_id=view.session) for view in found])

    @anybody.route("POST /v1/credits/access/sign-ins/<sign_in_id>/end", "end_sign_in")
    def end(sign_in_id: SignInId) -> DoneAnswer:
        """End one of the caller's sign-ins; again changes nothing."""
        end_sign_in(ctx, api.call(), sign_in_id)
        return DoneAnswer(done=True)

    @anybody.route("POST /v1/credits/access/sign-ins/end", "end_all_sign_ins")
    def end_all() -> DoneAnswer:
        """End all of the caller's sign-ins, this one too."""
        end_all_sign_ins(ctx, api.call())
        return DoneAnswer(done=True)
