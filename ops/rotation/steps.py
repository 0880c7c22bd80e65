"""What all rotations share: they go step by step, and what is there says which step is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from infra.stages import Stage
from ops import stacks
from ops.aws import Clients
from ops.json_secret import JsonSecret, read_secret, replace_secret
from services.kit.secrets import MAX_AGE_SECONDS


@dataclass(frozen=True)
class Pace:
    """How long it takes until something new is everywhere.

    Members:
        functions: every function has read a secret anew.
        edge: every place of CloudFront does what a distribution or a key group says.
    """

    functions: timedelta = timedelta(seconds=MAX_AGE_SECONDS + 30)
    edge: timedelta = timedelta(minutes=10)


@dataclass(frozen=True)
class Subject:
    """The stage that a rotation works on."""

    clients: Clients
    where: Stage
    pace: Pace

    def read(self, name: str) -> JsonSecret:
        """A secret as it is now. Raises OpsError."""
        return read_secret(self.clients("secretsmanager"), name)

    def replace(self, known: JsonSecret, members: Mapping[str, str]) -> JsonSecret:
        """Gives a secret other members; answers it as it is then. Raises OpsError."""
        replace_secret(self.clients("secretsmanager"), known, members)
        return read_secret(self.clients("secretsmanager"), known.name)

    def told(self, part: str) -> dict[str, str]:
        """A stack's parameters. Raises OpsError."""
        return stacks.parameters(self.clients, self.where, part)

    def tell(self, part: str, changed: Mapping[str, str]) -> None:
        """Changes parameters of a stack, where they say something else. Raises OpsError."""
        stacks.change_parameters(self.clients, self.where, part, changed)

    def told_at(self, part: str) -> datetime:
        """When a stack was last changed. Raises OpsError."""
        return stacks.updated_at(self.clients, self.where, part)


@dataclass(frozen=True)
class Step:
    """What stands now. `ready_at` is when it goes on; None says that the rotation is complete."""

    said: str
    ready_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it may go on."""
        return self.ready_at is not None and self.ready_at <= now


def after(since: datetime, pause: timedelta, said: str) -> Step:
    """What has to wait: until so long after that moment."""
    return Step(said, since.astimezone(UTC) + pause)


class Rotation(Protocol):
    """A key or secret of a stage. Whatever it does may be interrupted anywhere and asked for again."""

    @property
    def under_way(self) -> bool:
        """Whether one thing is taking another's place."""

    def begin(self) -> None:
        """Puts the new one beside the old one. Raises OpsError."""

    def next(self) -> Step:
        """How far it is. Raises OpsError."""

    def go_on(self) -> None:
        """Takes the next step, which is due. Raises OpsError."""

    def go_back(self) -> None:
        """Takes the last step back: what signed or was sent before does so again. Raises OpsError."""


def advance(rotation: Rotation, now: datetime) -> Step:
    """Takes every step that is due; answers what it waits for, if anything."""
    while (step := rotation.next()).is_due(now):
        rotation.go_on()
    return step
