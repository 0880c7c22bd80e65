"""A learner's completed watches as xAPI statements."""

from dataclasses import dataclass
from typing import Any

from services.kit.store import Store
from services.playback.app.archive_watch import EvidenceArchive, kept_pack
from services.playback.app.context import leg_key, live_key
from services.playback.domain.evidence import legs_of
from services.playback.domain.legs import Leg
from services.playback.domain.policy import policy
from services.playback.domain.statements import completed_statement
from services.playback.domain.watch import Attempt

ATTEMPTS = "ATTEMPT#"


@dataclass(frozen=True)
class StatementsPage:
    """The statements of some attempts; `after` is where the next page begins, None after the last."""

    statements: list[dict[str, Any]]
    after: str | None


def read_statements(
    store: Store, archive: EvidenceArchive, learner_id: str, after: str | None, limit: int
) -> StatementsPage:
    """The statements of a learner's completed watches, by course and number, of at most `limit` attempts.

    Args:
        after: the earlier page's `after`; None for the first page.
    """
    start = f"{ATTEMPTS}{after}" if after else ""
    found = store.page(live_key(learner_id).pk, ATTEMPTS, Attempt, start, limit)
    completed = [stored.value for stored in found.items if stored.value.completed_at is not None]
    return StatementsPage(
        [completed_statement(watch, _legs(store, archive, watch), policy(watch.policy_id)) for watch in completed],
        found.after.removeprefix(ATTEMPTS) if found.after else None,
    )


def _legs(store: Store, archive: EvidenceArchive, watch: Attempt) -> list[Leg]:
    """From the pack, which is the record; from the table while the pack is being made. Legs of a table age out."""
    pack = kept_pack(archive, watch.watch_id)
    if pack:
        return legs_of(pack)
    return [stored.value for stored in store.query(leg_key(watch.watch_id, 0).pk, "LEG#", Leg)]
