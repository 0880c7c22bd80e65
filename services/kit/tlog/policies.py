"""Policies (tlog-policy): which logs and witnesses are trusted, and how many of them must have seen a checkpoint."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from services.kit.tlog.checkpoints import Checkpoint, read_checkpoint
from services.kit.tlog.cosignatures import cosigned_at
from services.kit.tlog.encoding import number_of
from services.kit.tlog.notes import COSIGNATURE, SIGNATURE, Note, VerifierKey, verifier_key, verify_note

NONE = "none"
"""The quorum of a policy that asks for no witness."""


@dataclass(frozen=True)
class Party:
    """A log or a witness: its key, and where it is, if the policy says so."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True)
class Group:
    """So many of these witnesses and groups, by their names."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Accepted:
    """A checkpoint that a policy takes, and when each witness that it knows has cosigned it (seconds since 1970)."""

    checkpoint: Checkpoint
    cosigned_at: dict[str, int]


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses by the policy's own names for them, groups, and the name of who must have cosigned."""

    logs: tuple[Party, ...]
    witnesses: Mapping[str, Party]
    groups: Mapping[str, Group]
    quorum: str

    def accept(self, note: Note) -> Accepted:
        """The checkpoint in a note, if a log of the policy signed it and enough witnesses cosigned it.

        Raises:
            ValueError: they did not, or a signature in the name of one of them is wrong.
        """
        checkpoint = read_checkpoint(note.text)
        logs = [log.key for log in self.logs if log.key.name == checkpoint.origin]
        signed = [key for key in logs if any(note.by(key))]
        if not signed:
            raise ValueError(f"no trusted log has signed a checkpoint of {checkpoint.origin!r}")
        for key in signed:
            verify_note(note, key)
        seen = {name: at for name, party in self.witnesses.items() if (at := cosigned_at(note, party.key)) is not None}
        if not self.is_quorum(seen):
            raise ValueError(f"cosigned by {', '.join(sorted(seen)) or 'nobody'}: the quorum is {self.quorum}")
        return Accepted(checkpoint, seen)

    def is_quorum(self, names: Iterable[str]) -> bool:
        """Whether these witnesses are enough."""
        return self.quorum == NONE or self._has_seen(self.quorum, frozenset(names))

    def _has_seen(self, name: str, names: frozenset[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in names
        return sum(self._has_seen(member, names) for member in group.members) >= group.needed


@dataclass
class _Draft:
    """A policy as far as it was read."""

    logs: list[Party] = field(default_factory=list)
    witnesses: dict[str, Party] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: list[str] = field(default_factory=list)
    members: set[str] = field(default_factory=set)

    def log(self, vkey: str, *url: str) -> None:
        self._require_new([party.key for party in self.logs], vkey)
        self.logs.append(_party(vkey, url, SIGNATURE))

    def witness(self, name: str, vkey: str, *url: str) -> None:
        self._require_name(name)
        self._require_new([party.key for party in self.witnesses.values()], vkey)
        self.witnesses[name] = _party(vkey, url, COSIGNATURE)

    def group(self, name: str, needed: str, *members: str) -> None:
        self._require_name(name)
        if len(set(members)) != len(members) or not self.members.isdisjoint(members):
            raise ValueError(f"a member of {name} is a member already")
        for member in members:
            self._require_known(member)
        self.members.update(members)
        words = {"any": 1, "all": len(members)}
        count = words[needed] if needed in words else number_of(needed)
        if not 1 <= count <= len(members):
            raise ValueError(f"{name} needs {needed} of {len(members)}")
        self.groups[name] = Group(count, members)

    def quorum_line(self, name: str) -> None:
        if name != NONE:
            self._require_known(name)
        self.quorum.append(name)

    def _require_name(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise ValueError(f"the name {name} is taken")

    def _require_known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise ValueError(f"{name} is not defined before it is named")

    def _require_new(self, keys: list[VerifierKey], vkey: str) -> None:
        if verifier_key(vkey).public in {key.public for key in keys}:
            raise ValueError("a key is listed twice")


def _party(vkey: str, url: tuple[str, ...], use: int) -> Party:
    if len(url) > 1:
        raise ValueError("a line has too many parts")
    key = verifier_key(vkey)
    if key.use != use:
        raise ValueError(f"the key of {key.name} is for something else")
    return Party(key, url[0] if url else None)


def read_policy(text: str) -> Policy:
    """The policy in a text. Raises ValueError."""
    draft = _Draft()
    kinds: dict[str, Callable[..., None]] = {
        "log": draft.log,
        "witness": draft.witness,
        "group": draft.group,
        "quorum": draft.quorum_line,
    }
    for number, (kind, *parts) in _lines(text):
        if kind not in kinds:
            raise ValueError(f"line {number} of the policy is of an unknown kind")
        try:
            kinds[kind](*parts)
        except TypeError:
            raise ValueError(f"line {number} of the policy has too few or too many parts") from None
    if len(draft.quorum) != 1:
        raise ValueError("a policy has exactly one quorum")
    return Policy(tuple(draft.logs), draft.witnesses, draft.groups, draft.quorum[0])


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, by their number."""
    if any(character == "\x7f" or (character < " " and character not in "\n\t") for character in text):
        raise ValueError("a policy has no control characters")
    for number, line in enumerate(text.split("\n"), start=1):
        parts = [part for part in line.replace("\t", " ").split(" ") if part]
        if parts and not parts[0].startswith("#"):
            yield number, parts
