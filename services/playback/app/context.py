"""What use cases work with: one context for watching, and a narrower one for each function that must hold less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.kit.clock import Clock, to_ms
from services.kit.event_factory import EventFactory
from services.kit.ids import Ids
from services.kit.keyring import KeyRing
from services.kit.observability import Tally
from services.kit.store import Key, Store
from services.playback.app.items import questions_key
from services.playback.app.metrics import WATCHED
from services.playback.domain.policy import WatchPolicy
from services.playback.domain.prompts import prompt_positions
from services.playback.domain.questions import QuestionSet, ShownQuestion, shown_question
from services.playback.domain.watch import Attempt, Live, time_of_call

if TYPE_CHECKING:
    # Of the narrower contexts: a beat's function loads none of it.
    from services.kit.audit import AuditLog
    from services.kit.jose import Signer
    from services.kit.tlog.notes import Signs, VerifierKey
    from services.kit.tlog.policies import Policy
    from services.playback.app.log.check_log import LogView
    from services.playback.app.ports import Archive, LogFiles, LogReader, MediaSigner, Witnesses

LEG_PURPOSE = "leg"
PROMPT_PURPOSE = "prompt"
QUESTION_PURPOSE = "question"
"""What the keys are used for; each has a subkey of its own. The token's purpose is beside its code."""


def prompt_positions_of(keys: KeyRing, watch: Live | Attempt, policy: WatchPolicy) -> tuple[int, ...]:
    """The positions (ms) of a watch's prompts, by the key that was pinned when it began."""

    def draw(message: bytes) -> bytes:
        return keys.mac(watch.key_id, PROMPT_PURPOSE, message)

    return prompt_positions(watch.watch_id, watch.duration_ms, policy, draw)


@dataclass(frozen=True)
class Context:
    """Of watching, and of what decides who may."""

    store: Store
    clock: Clock
    ids: Ids
    events: EventFactory
    keys: KeyRing
    watched: Tally = field(default_factory=lambda: Tally(WATCHED))
    _questions: dict[Key, QuestionSet] = field(default_factory=dict)
    """What was read before: a version's questions never change, so a beat at an open prompt reads nothing. An answer
    that was put right counts once the function starts anew.
    """

    def time_of_call(self, before: Live | None) -> int:
        """The server's time of a learner's call, milliseconds since 1970, after what is known of them."""
        return time_of_call(before, to_ms(self.clock.now()))

    def leg_mac(self, key_id: str, message: bytes) -> bytes:
        """The MAC of a leg."""
        return self.keys.mac(key_id, LEG_PURPOSE, message)

    def prompts_of(self, watch: Live | Attempt, policy: WatchPolicy) -> tuple[int, ...]:
        """The positions (ms) of a watch's prompts, by the key that was pinned when it began."""
        return prompt_positions_of(self.keys, watch, policy)

    def open_question(self, live: Live) -> ShownQuestion | None:
        """What the open prompt asks, by the key that was pinned when the watch began; None where it only waits."""
        if live.prompt is None or not live.questions:
            return None

        def draw(message: bytes) -> bytes:
            return self.keys.mac(live.key_id, QUESTION_PURPOSE, message)

        questions = self._question_set(questions_key(live.course_id, live.content_version))
        return shown_question(live.watch_id, live.prompt.index, questions.questions, draw)

    def _question_set(self, key: Key) -> QuestionSet:
        if key not in self._questions:
            stored = self.store.get(key, QuestionSet)
            if stored is None:
                raise LookupError(f"{key} is missing though its version has questions")
            self._questions[key] = stored.value
        return self._questions[key]


@dataclass(frozen=True)
class MediaContext:
    """Of opening lectures. It writes for how long, and nothing else."""

    store: Store
    clock: Clock
    keys: KeyRing
    signer: MediaSigner


@dataclass(frozen=True)
class ArchiveContext:
    """Of what signs packs and keeps them. It holds no key of records."""

    store: Store
    clock: Clock
    signer: Signer
    archive: Archive


@dataclass(frozen=True)
class HeadsContext:
    """Of putting each day's heads into the archive. It holds no key, so it can make no record."""

    store: Store
    clock: Clock
    heads: Archive


@dataclass(frozen=True)
class EvidenceContext:
    """Of handing packs and public keys out. It sees no table."""

    signer: Signer
    packs: Archive


@dataclass(frozen=True)
class ProofContext:
    """Of proving what is in the log. It only reads. `policy` answers the stage's policy; None until it is set."""

    store: Store
    log: LogReader
    policy: Callable[[], str | None]


@dataclass(frozen=True)
class LogContext:
    """Of the log's one writer. `public` is the public half of what signs (raw Ed25519)."""

    store: Store
    clock: Clock
    files: LogFiles
    signer: Signs
    public: bytes
    policy: Callable[[], Policy]
    witnesses: Witnesses

    def key_in(self, policy: Policy) -> VerifierKey:
        """The log's key under the name that the policy gives it. Raises LookupError: the policy is of another log."""
        found = next((log.key for log in policy.logs if log.key.public == self.public), None)
        if found is None:
            raise LookupError("the policy does not name the key that the log signs with")
        return found


@dataclass(frozen=True)
class RiskContext:
    """Of noticing and reviewing what is worth a look. It holds no key, so it can make no record."""

    store: Store
    clock: Clock
    events: EventFactory
    audit: AuditLog
    packs: Archive


@dataclass(frozen=True)
class StatementsContext:
    """Of telling others of completed watches. It only reads, and holds no key."""

    store: Store
    packs: Archive


@dataclass(frozen=True)
class VerificationContext:
    """Of checking what is recorded: all of it, and the keys to check it with. It only reads.

    `log` looks at the log as it is published; None while no policy is set, so that nothing is.
    """

    store: Store
    clock: Clock
    keys: KeyRing
    packs: Archive
    heads: Archive
    log: Callable[[], LogView | None]
