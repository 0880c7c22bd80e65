"""To whom certificates' numbers belong: one person each, for good, without the numbers being kept."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.credits.app.certificates.problems import NUMBER_TAKEN
from services.credits.app.context import LedgerContext
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Macs
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Check, Key, Stored, Write, read_or

PURPOSE = "certificate-number"
"""Of the MACs that stand for numbers."""


@stored(shape=1, personal=ID_ONLY)
class NumberHolder:
    """Who a number was confirmed for, under a keyed hash of it. It outlives an erasure: nobody begins anew with it.

    `learner_id` is None where it was confirmed by mistake and given up again.
    """

    learner_id: LearnerId | None
    at: datetime


def number_key(macs: Macs, key_id: str, credential: Credential, number: str) -> Key:
    """Where it lies whose a number is. Letters' case and hyphens do not make it another one."""
    plain = re.sub("[^0-9A-Z]", "", number.upper())
    hashed = macs.mac(key_id, PURPOSE, f"{credential}:{plain}".encode()).hex()
    return Key(f"NUMBER#{credential}#{hashed}", "NUMBER")


def require_free(ctx: LedgerContext, learner_id: LearnerId, credential: Credential, number: str) -> None:
    """Raises NUMBER_TAKEN where the number was confirmed for somebody else, also for one who was erased."""
    _refuse_another(learner_id, _holders(ctx, credential, number))


def bind_number(ctx: LedgerContext, learner_id: LearnerId, credential: Credential, number: str) -> list[Write]:
    """The writes after which a number is this person's; none where it is already.

    Raises:
        Problem: NUMBER_TAKEN.
    """
    current, *older = found = _holders(ctx, credential, number)
    _refuse_another(learner_id, found)
    if any(holder.value.learner_id == learner_id for holder in found):
        return []
    # Under one key it is written; that nobody writes it under another one meanwhile is a condition.
    unchanged = [Check(holder.key, holder.version) for holder in older]
    return [current.put(replace(current.value, learner_id=learner_id, at=ctx.clock.now())), *unchanged]


def give_up_number(ctx: LedgerContext, learner_id: LearnerId, credential: Credential, number: str) -> list[Write]:
    """The writes after which a number that was confirmed for this person by mistake may be anybody's."""
    own = [holder for holder in _holders(ctx, credential, number) if holder.value.learner_id == learner_id]
    return [holder.put(replace(holder.value, learner_id=None, at=ctx.clock.now())) for holder in own]


def _holders(ctx: LedgerContext, credential: Credential, number: str) -> list[Stored[NumberHolder]]:
    """By every key, the current one first: keys are rotated, numbers stay."""
    ids = sorted(ctx.macs.ids(), key=lambda id_: id_ != ctx.macs.current_id())
    keys = [number_key(ctx.macs, id_, credential, number) for id_ in ids]
    return [read_or(ctx.store, key, NumberHolder(None, ctx.clock.now())) for key in keys]


def _refuse_another(learner_id: LearnerId, found: Sequence[Stored[NumberHolder]]) -> None:
    if any(holder.value.learner_id not in (None, learner_id) for holder in found):
        raise NUMBER_TAKEN.problem()
