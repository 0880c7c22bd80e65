"""Setting a second factor up, and what happens when it is lost.

The user pool checks codes. What it cannot do is here: a role takes effect only once every sign-in of a person needed
codes, so all that began before end first. Whoever is stopped between two steps does it again; none of the steps gives
a role before the one that makes it safe.
"""

from dataclasses import replace

from services.credits.app.access.items import SecondFactor, second_factor_key
from services.credits.app.access.problems import (
    ACCOUNT_NOT_FOUND,
    NO_DEVICE,
    NO_SECOND_FACTOR,
    OWN_RESET,
    RECOVERY_REFUSED,
    SECOND_FACTOR_ON,
)
from services.credits.app.context import AccessContext
from services.credits.domain.access import RECOVERY_CODES, code_hash
from services.credits.domain.ids import LearnerId
from services.kit.call import Call
from services.kit.store import Change, commit_retrying, read_or


def set_up_second_factor(ctx: AccessContext, call: Call) -> list[str]:
    """Lets a verified device count from now on: ends all sign-ins, and returns new recovery codes.

    They are shown once: only hashes are kept.

    Raises:
        Problem: NO_DEVICE, SECOND_FACTOR_ON.
        Conflict: others kept writing.
    """
    person_id = LearnerId(call.caller_id)
    standing = ctx.pool.standing(person_id)
    if standing.proven:
        # A stolen token must not get new codes.
        raise SECOND_FACTOR_ON.problem()
    if not standing.asks_for_codes:
        raise NO_DEVICE.problem()
    codes = [ctx.codes.recovery() for _ in range(RECOVERY_CODES)]
    factor = SecondFactor(ctx.clock.now(), [code_hash(person_id, code) for code in codes])
    commit_retrying(ctx.store, lambda: (_replacing(ctx, person_id, factor), None))
    ctx.pool.prove(person_id)
    return codes


def recover_access(ctx: AccessContext, email: str, password: str, code: str) -> None:
    """Takes a lost second factor away, for who has the password and a recovery code. Each code serves once.

    The account is then as one without a second factor: without a staff role until another is set up.

    Raises:
        Problem: RECOVERY_REFUSED, whichever of the three is wrong.
        Conflict: others kept writing.
    """
    person_id = ctx.pool.password_of(email, password)
    if person_id is None:
        raise RECOVERY_REFUSED.problem()
    used = code_hash(person_id, code)

    def plan() -> tuple[Change, None]:
        stored = ctx.store.get(second_factor_key(person_id), SecondFactor)
        if stored is None or used not in stored.value.codes:
            raise RECOVERY_REFUSED.problem()
        left = [known for known in stored.value.codes if known != used]
        return Change([stored.put(replace(stored.value, codes=left))]), None

    commit_retrying(ctx.store, plan)
    ctx.pool.disprove(person_id)


def reset_second_factor(ctx: AccessContext, call: Call, email: str, reason: str) -> None:
    """Takes somebody's second factor and password away; a code for a new password goes to their address.

    So neither a lost device nor a stolen password alone opens the account. Nobody resets their own: whoever resets
    keeps a second factor, and with it the right to.

    Raises:
        Problem: ACCOUNT_NOT_FOUND, OWN_RESET, NO_SECOND_FACTOR.
        Conflict: others kept writing.
    """
    person_id = ctx.pool.find(email)
    if person_id is None:
        raise ACCOUNT_NOT_FOUND.problem()
    if person_id == call.caller_id:
        raise OWN_RESET.problem()
    standing = ctx.pool.standing(person_id)
    if not standing.proven and not standing.asks_for_codes:
        raise NO_SECOND_FACTOR.problem()
    gone = SecondFactor(ctx.clock.now(), [])

    def plan() -> tuple[Change, None]:
        audit = ctx.audit.entry(call.caller, "reset_second_factor", person_id, reason)
        return Change([*_replacing(ctx, person_id, gone).writes, audit]), None

    commit_retrying(ctx.store, plan)
    ctx.pool.renew_password(person_id)
    ctx.pool.disprove(person_id)


def _replacing(ctx: AccessContext, person_id: LearnerId, factor: SecondFactor) -> Change:
    stored = read_or(ctx.store, second_factor_key(person_id), factor)
    return Change([stored.put(replace(stored.value, set_up_at=factor.set_up_at, codes=factor.codes))])
