"""What a log asks of a witness (tlog-witness, add-checkpoint)."""

from dataclasses import dataclass

from services.kit.tlog.encoding import base64_text, hash_of, lines_of, number_of
from services.kit.tlog.notes import Note, read_note

PATH = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
"""The content type of a witness's answer that it has seen another size than it was told."""
MAX_HASHES = 63


@dataclass(frozen=True)
class Submission:
    """A checkpoint, and the proof that it is consistent with that of `old_size`, which the witness has seen last."""

    old_size: int
    hashes: tuple[bytes, ...]
    checkpoint: Note

    def __str__(self) -> str:
        """The request's body."""
        lines = [f"old {self.old_size}", *map(base64_text, self.hashes)]
        return "".join(f"{line}\n" for line in lines) + f"\n{self.checkpoint}"


def read_submission(text: str) -> Submission:
    """The submission in a request's body. Nothing is checked against anything. Raises ValueError."""
    head, gap, checkpoint = text.partition("\n\n")
    lines = lines_of(head + "\n")
    if not gap or not lines[0].startswith("old ") or len(lines) > MAX_HASHES + 1:
        raise ValueError("not an old size, hashes and a checkpoint")
    old_size = number_of(lines[0].removeprefix("old "))
    return Submission(old_size, tuple(hash_of(line) for line in lines[1:]), read_note(checkpoint))
