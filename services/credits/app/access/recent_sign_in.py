"""Whether somebody signed in just now: asked before what a stolen session must not do."""

from datetime import UTC, datetime, timedelta

from services.credits.app.access.problems import SIGN_IN_RECENTLY
from services.kit.call import Call
from services.kit.clock import Clock

RECENT = timedelta(minutes=10)
"""How long ago somebody may have signed in who changes what they sign in with, or deletes their account."""


def require_recent_sign_in(clock: Clock, call: Call) -> None:
    """Raises SIGN_IN_RECENTLY unless the caller signed in within the last minutes."""
    since = datetime.fromtimestamp(call.caller.signed_in_at, UTC)
    if clock.now() - since > RECENT:
        raise SIGN_IN_RECENTLY.problem()
