"""Where it lies what has been decided."""

from datetime import datetime

from services.credits.app.ledger.items import learner_pk
from services.credits.domain.grants import Grant
from services.credits.domain.ids import LearnerId, WatchId
from services.kit.kinds import ID_ONLY, Kept, stored
from services.kit.store import Key


@stored(shape=1, personal=ID_ONLY)
class WatchMark:
    """In whose ledger a watch is."""

    learner_id: LearnerId


def watch_key(watch_id: WatchId) -> Key:
    """The mark that this watch is in the ledger. It never expires, unlike the inbox marker of its event."""
    return Key(f"WATCH#{watch_id}", "WATCH")


PROPOSALS = "PROPOSAL#"


@stored(
    shape=1,
    personal=(
        ID_ONLY,
        Kept("reason", "title", "by", because="staff answer for what they did", until="the table goes"),
        Kept("earned_on", because="the period rests on it", until="the table goes"),
    ),
)
class GrantProposal:
    """Hours that one administrator (`by`) would enter; `entry_number` is set once another one has approved them."""

    proposal_id: str
    grant: Grant
    by: str
    at: datetime
    entry_number: int | None = None


def proposal_key(learner_id: LearnerId, proposal_id: str) -> Key:
    """One proposal."""
    return Key(learner_pk(learner_id), f"{PROPOSALS}{proposal_id}")
