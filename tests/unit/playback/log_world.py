"""A log in one process: its writer, its files, and witnesses that are asked as over HTTP."""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from local.witness import Witness
from services.kit.store import Change
from services.kit.tlog.policies import read_policy
from services.playback.app.context import LogContext, ProofContext
from services.playback.app.log.note_entries import note_entry
from services.playback.app.log.prove_entry import prove_entry
from services.playback.app.log.write_log import Run, write_log
from services.playback.app.ports import WitnessAnswer
from tests.fakes.log_files import MemoryLogFiles
from tests.unit.kit.tlog_world import LOG, Keyholder
from tests.unit.playback.world import Crash, World


class Steps:
    """Counts what a run does to the world outside, and lets it die just before or just after one of these steps."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.after = False
        self.taken = 0

    def take(self) -> "Steps":
        """The next step begins."""
        self.taken += 1
        if self.left is not None and not self.after:
            self._maybe_die()
        return self

    def end(self) -> None:
        """It is done; nobody has learned of it."""
        if self.left is not None and self.after:
            self._maybe_die()

    def _maybe_die(self) -> None:
        assert self.left is not None
        self.left -= 1
        if self.left < 0:
            self.left = None
            raise Crash


class MortalFiles(MemoryLogFiles):
    """Files whose every writing is a step."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    def put(self, path: str, content: bytes) -> None:
        """Keeps a file."""
        self._steps.take()
        super().put(path, content)
        self._steps.end()

    def publish(self, text: str, over: object) -> None:
        """Publishes a checkpoint."""
        self._steps.take()
        super().publish(text, over)  # type: ignore[arg-type]
        self._steps.end()


@dataclass
class InProcessWitnesses:
    """Witnesses by their addresses; one that is `down` does not answer."""

    steps: Steps
    by_url: dict[str, Witness] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)

    def submit(self, url: str, body: str) -> WitnessAnswer:
        """What the witness answers."""
        self.steps.take()
        if url in self.down:
            raise ConnectionRefusedError("down")
        answer = self.by_url[url].add_checkpoint(body)
        self.steps.end()
        return WitnessAnswer(answer.status, answer.body)


class LogWorld:
    """Everything a test of the log drives. One of two witnesses must cosign, unless told otherwise."""

    def __init__(self, home: Path, world: World | None = None, needed: int = 1) -> None:
        self.world = world or World()
        self.steps = Steps()
        self.files = MortalFiles(self.steps)
        self.log: Keyholder = LOG
        self.witnesses = InProcessWitnesses(self.steps)
        for name in ("w0", "w1"):
            witness = Witness(home / name, {LOG.key.name: LOG.key}, f"{name}.example", self._now)
            self.witnesses.by_url[f"https://{name}.example"] = witness
        self.policy_text = self._policy(needed)
        self.policy = read_policy(self.policy_text)
        commit = self.world.store.commit

        def step(change: Change) -> None:
            self.steps.take()
            commit(change)
            self.steps.end()

        self.world.store.commit = step  # type: ignore[method-assign]

    def _now(self) -> float:
        return self.world.clock.now().timestamp()

    def _policy(self, needed: int) -> str:
        lines = [f"log {LOG.key}"]
        lines += [f"witness {url[8:10]} {witness.key} {url}" for url, witness in self.witnesses.by_url.items()]
        return "\n".join([*lines, f"group both {needed} w0 w1", "quorum both"])

    def context(self) -> LogContext:
        """Of the writer."""
        world = self.world
        return LogContext(
            world.store, world.clock, self.files, self.log, self.log.key.public, lambda: self.policy, self.witnesses
        )

    def run(self) -> Run:
        """What the schedule does."""
        return write_log(self.context(), self.world.clock.now() + timedelta(seconds=40))

    def note(self, *documents: str) -> list[str]:
        """Notes these documents; answers their hashes."""
        digests = [sha256(document.encode()).hexdigest() for document in documents]
        for digest in digests:
            note_entry(self.world.store, self.world.clock, digest)
        return digests

    def proof(self, digest: str) -> str:
        """What anybody gets. Raises Problem."""
        return str(prove_entry(ProofContext(self.world.store, self.files, lambda: None), digest))
