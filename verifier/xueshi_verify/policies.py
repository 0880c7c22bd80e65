"""Policies (C2SP tlog-policy): which logs and witnesses are trusted, and how many of them must have seen a tree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xueshi_verify.encoding import Unreadable, number_of, text_of
from xueshi_verify.notes import LOG, WITNESS, Key, read_key

MAX_POLICY_BYTES = 64 * 1024
NONE = "none"


@dataclass(frozen=True)
class Group:
    """So many of these witnesses and groups, by their names."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses and groups by the policy's own names, and the name of who must have cosigned."""

    logs: tuple[Key, ...]
    witnesses: Mapping[str, Key]
    groups: Mapping[str, Group]
    quorum: str

    def is_quorum(self, names: Iterable[str]) -> bool:
        """Whether these witnesses are enough. Groups come after their members, so one pass is enough."""
        met = set(names)
        for name, group in self.groups.items():
            if len(met.intersection(group.members)) >= group.needed:
                met.add(name)
        return self.quorum == NONE or self.quorum in met


@dataclass
class _Draft:
    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorums: list[str] = field(default_factory=list)
    members: set[str] = field(default_factory=set)

    def read(self, kind: str, parts: list[str]) -> None:
        """One line. Raises Unreadable."""
        if kind == "log" and len(parts) in {1, 2}:
            self.logs.append(_new_key(parts[0], LOG, self.logs))
        elif kind == "witness" and len(parts) in {2, 3}:
            self._require_new(parts[0])
            self.witnesses[parts[0]] = _new_key(parts[1], WITNESS, self.witnesses.values())
        elif kind == "group" and len(parts) >= 3:
            self._group(parts[0], parts[1], parts[2:])
        elif kind == "quorum" and len(parts) == 1:
            self._require_known([name for name in parts if name != NONE])
            self.quorums += parts
        else:
            raise Unreadable("policy", "a line is of an unknown kind or has too few or too many parts")

    def _group(self, name: str, needed: str, members: list[str]) -> None:
        self._require_new(name)
        self._require_known(members)
        if len(set(members)) != len(members) or not self.members.isdisjoint(members):
            raise Unreadable("policy", "something is a member twice")
        words = {"any": 1, "all": len(members)}
        count = words[needed] if needed in words else number_of(needed, "policy")
        if not 1 <= count <= len(members):
            raise Unreadable("policy", "a group needs more or fewer than it has")
        self.members.update(members)
        self.groups[name] = Group(count, tuple(members))

    def _require_new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Unreadable("policy", "a name is taken")

    def _require_known(self, names: list[str]) -> None:
        if not all(name in self.witnesses or name in self.groups for name in names):
            raise Unreadable("policy", "a name is not defined before it is used")


def _new_key(text: str, use: int, there: Iterable[Key]) -> Key:
    key = read_key(text, use)
    if key.public in {other.public for other in there}:
        raise Unreadable("policy", "a key is listed twice")
    return key


def read_policy(content: bytes) -> Policy:
    """The policy in a file. Raises Unreadable."""
    text, draft = text_of(content, MAX_POLICY_BYTES, "policy"), _Draft()
    if any(c == "\x7f" or (c < " " and c not in "\n\t") for c in text):
        raise Unreadable("policy", "there are control characters")
    for line in text.split("\n"):
        parts = [part for part in line.replace("\t", " ").split(" ") if part]
        if parts and not parts[0].startswith("#"):
            draft.read(parts[0], parts[1:])
    if len(draft.quorums) != 1:
        raise Unreadable("policy", "there is not exactly one quorum")
    return Policy(tuple(draft.logs), draft.witnesses, draft.groups, draft.quorums[0])
