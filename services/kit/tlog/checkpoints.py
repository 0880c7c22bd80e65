"""Checkpoints: what a log says of itself at one size, as the text of a signed note."""

from dataclasses import dataclass

from services.kit.tlog.encoding import base64_text, hash_of, lines_of, number_of
from services.kit.tlog.merkle import EMPTY_ROOT


@dataclass(frozen=True)
class Checkpoint:
    """Which log it is (`origin`), how many entries it has, and the root over them. We sign no further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note's text."""
        lines = [self.origin, str(self.size), base64_text(self.root), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text is. Raises ValueError."""
    lines = lines_of(text)
    if len(lines) < 3 or not all(lines):
        raise ValueError("a checkpoint has at least three lines, and none is empty")
    checkpoint = Checkpoint(lines[0], number_of(lines[1]), hash_of(lines[2]), tuple(lines[3:]))
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise ValueError("the root of an empty tree is another")
    return checkpoint
