"""What people sign in with besides e-mail and password."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictStr

from services.credits.app.context import AccessContext, CodesContext
from services.credits.app.identities.change_identities import (
    Outcome,
    add_phone,
    change_email,
    remove_identity,
)
from services.credits.app.identities.check_code import CodeProof
from services.credits.app.identities.read_identities import IdentityView, list_identities
from services.credits.app.identities.send_codes import Requester, send_email_code, send_phone_code
from services.credits.app.identities.sign_in import Further, sign_in_by_phone
from services.credits.app.identities.wechat import add_wechat, sign_in_by_wechat, wechat_page
from services.credits.domain.identities import IdentityKind, JoinOutcome
from services.credits.domain.phones import PHONE
from services.credits.domain.profile import EMAIL, clean_email
from services.credits.domain.sent_codes import DIGITS
from services.credits.handlers.routes.access import DoneAnswer
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.routes import caller_address

HOME = "/v1/credits/identities"
Number = Annotated[str, Field(strict=True, pattern=f"^{PHONE}$", description="in E.164: +8613800138000")]
Address = Annotated[
    StrictStr,
    Field(min_length=3, max_length=254, json_schema_extra={"pattern": f"^{EMAIL}$"}),
    AfterValidator(lambda text: clean_email(text).lower()),
]
Code = Annotated[str, Field(strict=True, pattern=rf"^[0-9]{{{DIGITS}}}$")]
CodeId = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9-]{1,64}$", description="as sending was answered")]
Device = Annotated[
    str, Field(strict=True, pattern=r"^[A-Za-z0-9-]{16,64}$", description="an id that the device made for itself")
]
Secret = Annotated[
    str, Field(strict=True, pattern=r"^[A-Za-z0-9_-]{22,128}$", description="what only this browser knows")
]
Hash = Annotated[str, Field(strict=True, pattern=r"^[0-9a-f]{64}$", description="its SHA-256")]
WeChatText = Annotated[str, Field(strict=True, min_length=1, max_length=512, pattern=r"^[A-Za-z0-9._~-]+$")]
Removable = Literal["phone", "wechat"]


class PhoneCodeRequest(Request):
    """Where a code is to go."""

    phone: Number
    device: Device


class EmailCodeRequest(Request):
    """Where a code is to go."""

    email: Address
    device: Device


class SentCodeAnswer(Answer):
    """A code is on its way, whoever has an account. It proves something in the browser that has its id alone."""

    code_id: str
    lives_s: int = Field(description="seconds in which it can be entered")
    resend_s: int = Field(description="seconds after which another can be asked for")


class PhoneProofRequest(Request):
    """A number and the code that was sent to it.

    Where the answer was NUMBER_IN_DOUBT: something of the account as `accepts` lists it, or that it is not theirs.
    """

    phone: Number
    code_id: CodeId
    code: Code
    further_proof: StrictStr | None = Field(default=None, min_length=1, max_length=100)
    not_mine: bool = Field(default=False, strict=True)


class EmailProofRequest(Request):
    """An address and the code that was sent to it."""

    email: Address
    code_id: CodeId
    code: Code


class WeChatPageRequest(Request):
    """Whom WeChat's answer is for: the browser that knows what this is the hash of."""

    browser: Hash
    inside: bool = Field(strict=True, description="whether this is WeChat's own browser")


class WeChatPageAnswer(Answer):
    """Where to go."""

    url: str


class WeChatProofRequest(Request):
    """What WeChat sent the browser back with, and what only that browser knows."""

    code: WeChatText
    state: WeChatText
    verifier: Secret


class TokensAnswer(Answer):
    """A sign-in, as the user pool gives one."""

    access_token: str
    refresh_token: str
    expires_in: int = Field(description="seconds of the access token")


class IdentityAnswer(Answer):
    """One way in which the caller signs in."""

    kind: IdentityKind
    shown: str = Field(description="the address, the number with all but some digits hidden, or nothing")
    proven_at: datetime | None


class IdentitiesAnswer(Answer):
    """All of them."""

    identities: list[IdentityAnswer]


class JoiningAnswer(Answer):
    """Where the caller goes on: here, or in the other account, which they have to sign in to."""

    joining: JoinOutcome


def add_code_routes(api: HttpApi, ctx: CodesContext) -> None:
    """Those that send codes."""

    @api.public().route(f"POST {HOME}/phone-codes", "send_phone_code")
    def phone(request: PhoneCodeRequest) -> SentCodeAnswer:
        """Send a code to a phone number; the answer is the same whoever has an account."""
        return SentCodeAnswer.of(send_phone_code(ctx, _asking(api, request.device), request.phone))

    @api.secured(Role.LEARNER).route(f"POST {HOME}/email-codes", "send_email_code")
    def email(request: EmailCodeRequest) -> SentCodeAnswer:
        """Send a code to an address that is to be the caller's."""
        return SentCodeAnswer.of(send_email_code(ctx, _asking(api, request.device), request.email))


def add_identity_routes(api: HttpApi, ctx: AccessContext) -> None:
    """Those that prove, show and change."""
    _add_sign_in_routes(api, ctx)
    _add_own_routes(api, ctx)


def _add_sign_in_routes(api: HttpApi, ctx: AccessContext) -> None:
    @api.public().route(f"POST {HOME}/phone/sign-ins", "sign_in_by_phone")
    def by_phone(request: PhoneProofRequest) -> TokensAnswer:
        """Sign in with a phone number; the first time makes the account."""
        return TokensAnswer.of(sign_in_by_phone(ctx, _phone_proof(request), _further(request)))

    @api.public().route(f"POST {HOME}/wechat/pages", "open_wechat")
    def page(request: WeChatPageRequest) -> WeChatPageAnswer:
        """Where the browser goes to sign in with WeChat."""
        return WeChatPageAnswer(url=wechat_page(ctx, request.browser, inside=request.inside))

    @api.public().route(f"POST {HOME}/wechat/sign-ins", "sign_in_by_wechat")
    def by_wechat(request: WeChatProofRequest) -> TokensAnswer:
        """Sign in with WeChat; the first time makes the account."""
        return TokensAnswer.of(sign_in_by_wechat(ctx, request.code, request.state, request.verifier))


def _add_own_routes(api: HttpApi, ctx: AccessContext) -> None:
    learner = api.secured(Role.LEARNER)

    @learner.route(f"GET {HOME}", "list_identities")
    def identities() -> IdentitiesAnswer:
        """What the caller signs in with."""
        found: list[IdentityView] = list_identities(ctx, api.call())
        return IdentitiesAnswer(identities=[IdentityAnswer.of(view) for view in found])

    @learner.route(f"PUT {HOME}/phone", "add_phone")
    def phone(request: PhoneProofRequest) -> JoiningAnswer:
        """Make a number the caller's; where it is another account's of theirs, the two are joined."""
        return _came_of_it(add_phone(ctx, api.call(), _phone_proof(request), _further(request)))

    @learner.route(f"PUT {HOME}/email", "change_email")
    def email(request: EmailProofRequest) -> JoiningAnswer:
        """Make an address the caller's; where it is another account's of theirs, the two are joined."""
        proof = CodeProof(IdentityKind.EMAIL, request.email, request.code_id, request.code)
        return _came_of_it(change_email(ctx, api.call(), proof))

    @learner.route(f"PUT {HOME}/wechat", "add_wechat")
    def wechat(request: WeChatProofRequest) -> JoiningAnswer:
        """Make a person at WeChat the caller; where it is another account's of theirs, the two are joined."""
        return _came_of_it(add_wechat(ctx, api.call(), request.code, request.state, request.verifier))

    @learner.route(f"POST {HOME}/<kind>/removal", "remove_identity")
    def remove(kind: Removable) -> DoneAnswer:
        """Take a number or WeChat away; never the last way to sign in."""
        remove_identity(ctx, api.call(), IdentityKind(kind))
        return DoneAnswer(done=True)


def _asking(api: HttpApi, device: str) -> Requester:
    return Requester(device, caller_address(api.app) or "")


def _phone_proof(request: PhoneProofRequest) -> CodeProof:
    return CodeProof(IdentityKind.PHONE, request.phone, request.code_id, request.code)


def _further(request: PhoneProofRequest) -> Further:
    return Further(request.further_proof, request.not_mine)


def _came_of_it(outcome: Outcome) -> JoiningAnswer:
    return JoiningAnswer(joining=outcome.joining)
