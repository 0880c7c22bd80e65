"""Sending a code to a phone number or an address. What it does, says and takes is the same whoever has an account."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from services.credits.app.context import CodesContext
from services.credits.app.identities.items import code_key, sends_key
from services.credits.app.identities.problems import MESSAGE_NOT_SENT, PHONE_NOT_SERVED, TOO_MANY_CODES
from services.credits.app.metrics import CODES_SENT
from services.credits.app.texts.codes import code_mail
from services.credits.domain.identities import IdentityKind
from services.credits.domain.phones import is_served
from services.credits.domain.sent_codes import (
    DIGITS,
    LIVES,
    PER_ADDRESS,
    PER_DEVICE,
    PER_TARGET,
    RESEND,
    Limit,
    Sends,
    SentCode,
)
from services.kit.observability import count, logger
from services.kit.store import Change, Put, Write, commit_retrying, read_or

CODE, TARGET, DEVICE, ADDRESS = "code", "target", "device", "address"
"""Purposes of keyed hashes."""


@dataclass(frozen=True)
class Requester:
    """Who asks: the device by an id that it made for itself, and the network address."""

    device: str
    address: str


@dataclass(frozen=True)
class SentCodeView:
    """What the asking browser is told: the code's id, and for how many seconds what holds."""

    code_id: str
    lives_s: int
    resend_s: int


def send_phone_code(ctx: CodesContext, asking: Requester, number: str) -> SentCodeView:
    """Sends a code by short message.

    Raises:
        Problem: PHONE_NOT_SERVED, TOO_MANY_CODES, MESSAGE_NOT_SENT.
        Conflict: others kept writing.
    """
    messages = ctx.messages
    if messages is None or not is_served(number, ctx.countries):
        raise PHONE_NOT_SERVED.problem()
    return _send(ctx, asking, IdentityKind.PHONE, number, lambda code: messages.send(number, code))


def send_email_code(ctx: CodesContext, asking: Requester, address: str) -> SentCodeView:
    """Sends a code by mail.

    Raises:
        Problem: TOO_MANY_CODES, MESSAGE_NOT_SENT.
        Conflict: others kept writing.
    """

    def mail(code: str) -> None:
        subject, text = code_mail(code)
        ctx.post.send(address, subject, text)

    return _send(ctx, asking, IdentityKind.EMAIL, address, mail)


def _send(
    ctx: CodesContext, asking: Requester, kind: IdentityKind, target: str, hand_over: Callable[[str], None]
) -> SentCodeView:
    hashed = ctx.fingerprints.of(kind, target)
    code_id, code = ctx.ids.new(), ctx.codes.digits(DIGITS)
    now = ctx.clock.now()
    kept = SentCode(ctx.fingerprints.of(CODE, f"{hashed}:{code_id}:{code}"), now + LIVES)

    def plan() -> tuple[Change, int]:
        # Counted before it is sent: who makes sending fail gets no more of them.
        writes, wait_s = _counted(ctx, asking, hashed)
        if wait_s:
            return Change(), wait_s
        return Change([*writes, Put(code_key(hashed, code_id), kept, expires_at=ceil(kept.until.timestamp()))]), 0

    if wait_s := commit_retrying(ctx.store, plan):
        count(CODES_SENT, channel=kind, outcome="too_many")
        raise TOO_MANY_CODES.problem(wait_s=wait_s)
    try:
        hand_over(code)
    except Exception as error:
        # By its class alone: what providers say may name the number.
        logger().error("a code was not sent", channel=kind, error=type(error).__name__, said=_code_of(error))
        count(CODES_SENT, channel=kind, outcome="failed")
        raise MESSAGE_NOT_SENT.problem() from None
    count(CODES_SENT, channel=kind, outcome="sent")
    return SentCodeView(code_id, int(LIVES.total_seconds()), int(RESEND.total_seconds()))


def _counted(ctx: CodesContext, asking: Requester, hashed: str) -> tuple[list[Write], int]:
    """The writes that count one more, and how many seconds it has to wait instead."""
    counters: list[tuple[str, str, Sequence[Limit]]] = [
        (TARGET, hashed, PER_TARGET),
        (DEVICE, ctx.fingerprints.of(DEVICE, asking.device), PER_DEVICE),
        (ADDRESS, ctx.fingerprints.of(ADDRESS, asking.address), PER_ADDRESS),
    ]
    now, writes, waits = ctx.clock.now(), list[Write](), list[int]()
    for what, key, limits in counters:
        stored = read_or(ctx.store, sends_key(what, key), Sends())
        waits.append(stored.value.wait_s(now, limits))
        longest = max(limit.within for limit in limits)
        writes.append(stored.put(stored.value.one_more(now, limits), ceil((now + longest).timestamp())))
    return writes, max(waits)


def _code_of(error: Exception) -> str:
    """A provider's error code, which names nobody."""
    return str(getattr(error, "provider_code", ""))
