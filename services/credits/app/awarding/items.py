"""Where it lies what has been decided."""

from services.credits.domain.ids import LearnerId, WatchId
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key


@stored(shape=1, personal=ID_ONLY)
class WatchMark:
    """In whose ledger a watch is."""

    learner_id: LearnerId


def watch_key(watch_id: WatchId) -> Key:
    """The mark that this watch is in the ledger. It never expires, unlike the inbox marker of its event."""
    return Key(f"WATCH#{watch_id}", "WATCH")
