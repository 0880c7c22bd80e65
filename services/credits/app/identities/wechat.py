"""Signing in with WeChat: the state that binds its answer to the browser that asked, and what the answer proves."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from hmac import compare_digest
from typing import TypeVar

from services.credits.app.access.recent_sign_in import require_recent_sign_in
from services.credits.app.context import AccessContext
from services.credits.app.identities.change_identities import (
    Outcome,
    settle_pool,
    take_over,
)
from services.credits.app.identities.items import TakenCallback, callback_key
from services.credits.app.identities.problems import (
    CALLBACK_REFUSED,
    WECHAT_NOT_OFFERED,
    WECHAT_REFUSED,
    WECHAT_UNAVAILABLE,
)
from services.credits.app.identities.sign_in import Further, Proven, admit, let_in
from services.credits.app.metrics import IDENTITY_PROOFS
from services.credits.app.ports import Tokens, WeChat
from services.credits.domain.identities import IdentityKind
from services.credits.domain.ids import LearnerId
from services.kit.call import Call
from services.kit.observability import count, logger
from services.kit.store import Change, Put, Write, commit_retrying
from services.kit.wechat import WeChatRefused, WeChatUnavailable

T = TypeVar("T")
STATE_LIVES_S = 600
INSIDE, OUTSIDE = "inside", "outside"
_PARTS = 4


def wechat_page(ctx: AccessContext, browser: str, *, inside: bool) -> str:
    """Where the browser is to go. `browser` is the SHA-256 (hex) of what only that browser knows.

    Raises:
        Problem: WECHAT_NOT_OFFERED, WECHAT_UNAVAILABLE.
    """
    until = int(ctx.clock.now().timestamp()) + STATE_LIVES_S
    where, nonce = INSIDE if inside else OUTSIDE, ctx.ids.new()
    state = f"{nonce}.{until}.{where}.{_mac(ctx, nonce, until, where, browser)}"
    try:
        return _offered(ctx).page(state, inside=inside)
    except WeChatUnavailable as error:
        raise _unavailable(error) from None


def sign_in_by_wechat(ctx: AccessContext, code: str, state: str, verifier: str) -> Tokens:
    """Signs in whom WeChat names, and makes the account if it is the first time.

    Raises:
        Problem: WECHAT_NOT_OFFERED, CALLBACK_REFUSED, WECHAT_REFUSED, WECHAT_UNAVAILABLE, STAFF_SIGN_IN,
            SIGN_IN_REFUSED.
        Conflict: others kept writing.
    """
    person_id = _use_callback(ctx, code, state, verifier, lambda proven: admit(ctx, proven, Further()))
    return let_in(ctx, person_id)


def add_wechat(ctx: AccessContext, call: Call, code: str, state: str, verifier: str) -> Outcome:
    """Makes whom WeChat names the caller.

    Raises:
        Problem: SIGN_IN_RECENTLY, WECHAT_NOT_OFFERED, CALLBACK_REFUSED, WECHAT_REFUSED, WECHAT_UNAVAILABLE,
            IDENTITY_TAKEN, ACCOUNTS_BOTH_USED.
        Conflict: others kept writing.
    """
    require_recent_sign_in(ctx.clock, call)
    person_id = LearnerId(call.caller_id)
    outcome = _use_callback(ctx, code, state, verifier, lambda proven: take_over(ctx, person_id, proven, Further()))
    settle_pool(ctx, person_id, outcome)
    return outcome


def _use_callback(
    ctx: AccessContext, code: str, state: str, verifier: str, act: Callable[[Proven], tuple[Sequence[Write], T]]
) -> T:
    """Uses WeChat's answer, once, for what it is to bring about."""
    wechat = _offered(ctx)
    nonce, inside = _checked(ctx, state, verifier)
    key = callback_key(nonce)

    def require_new() -> None:
        if ctx.store.get(key, TakenCallback):
            raise CALLBACK_REFUSED.problem()

    require_new()
    unionid = _asked(wechat, code, inside=inside)
    proven = Proven(IdentityKind.WECHAT, unionid, ctx.fingerprints.of(IdentityKind.WECHAT, unionid), nonce)

    def plan() -> tuple[Change, T]:
        require_new()
        writes, result = act(proven)
        now = ctx.clock.now()
        taken = Put(key, TakenCallback(now), expires_at=int(now.timestamp()) + 2 * STATE_LIVES_S)
        return Change([taken, *writes]), result

    found = commit_retrying(ctx.store, plan)
    count(IDENTITY_PROOFS, kind=IdentityKind.WECHAT, outcome="taken")
    return found


def _asked(wechat: WeChat, code: str, *, inside: bool) -> str:
    try:
        return wechat.person(code, inside=inside)
    except WeChatRefused:
        count(IDENTITY_PROOFS, kind=IdentityKind.WECHAT, outcome="refused")
        raise WECHAT_REFUSED.problem() from None
    except WeChatUnavailable as error:
        raise _unavailable(error) from None


def _checked(ctx: AccessContext, state: str, verifier: str) -> tuple[str, bool]:
    """The nonce of a state of ours that was made for this browser, and whether WeChat's own browser it was.

    Raises:
        Problem: CALLBACK_REFUSED.
    """
    parts = state.split(".")
    if len(parts) == _PARTS and parts[1].isascii() and parts[1].isdigit():
        nonce, until, where, mac = parts
        browser = sha256(verifier.encode()).hexdigest()
        is_ours = compare_digest(mac.encode(), _mac(ctx, nonce, int(until), where, browser).encode())
        if is_ours and ctx.clock.now().timestamp() < int(until):
            return nonce, where == INSIDE
    count(IDENTITY_PROOFS, kind=IdentityKind.WECHAT, outcome=CALLBACK_REFUSED.code)
    raise CALLBACK_REFUSED.problem()


def _mac(ctx: AccessContext, nonce: str, until: int, where: str, browser: str) -> str:
    return ctx.fingerprints.of("wechat-state", f"{nonce}.{until}.{where}.{browser}")


def _offered(ctx: AccessContext) -> WeChat:
    if ctx.wechat is None:
        raise WECHAT_NOT_OFFERED.problem()
    return ctx.wechat


def _unavailable(error: WeChatUnavailable) -> Exception:
    logger().error("WeChat does not answer as it should", said=str(error))
    count(IDENTITY_PROOFS, kind=IdentityKind.WECHAT, outcome="unavailable")
    return WECHAT_UNAVAILABLE.problem()
