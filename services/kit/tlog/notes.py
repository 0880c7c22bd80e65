"""Signed notes: a text, and the signatures of those who vouch for it. Keys are Ed25519.

Apart from the tree because it imports `cryptography`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.kit.tlog.encoding import base64_bytes, base64_text, lines_of

SIGNATURE = 0x01
"""Ed25519 over the note's text: how a log signs."""
COSIGNATURE = 0x04
"""Ed25519 over a time and the note's text: how a witness signs."""

KEY_BYTES, ID_BYTES = 32, 4
MAX_SIGNATURES = 64
MAX_NOTE_BYTES = 64 * 1024
_MARK = "— "


@dataclass(frozen=True)
class VerifierKey:
    """A name with a public key, and what it is for (`SIGNATURE` or `COSIGNATURE`)."""

    name: str
    use: int
    public: bytes

    def __post_init__(self) -> None:
        require_name(self.name)
        if self.use not in {SIGNATURE, COSIGNATURE}:
            raise ValueError(f"a key of type {self.use} is none that we know")
        if len(self.public) != KEY_BYTES:
            raise ValueError(f"a public key has {KEY_BYTES} bytes")

    @property
    def id(self) -> bytes:
        """What signatures name it by, beside its name."""
        return sha256(self.name.encode() + b"\n" + bytes([self.use]) + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        """As it is told to others (a vkey)."""
        return f"{self.name}+{self.id.hex()}+{base64_text(bytes([self.use]) + self.public)}"

    def is_signature(self, message: bytes, signature: bytes) -> bool:
        """Whether this key made a signature of a message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def verifier_key(text: str) -> VerifierKey:
    """The key that a vkey tells. Raises ValueError."""
    name, id_, rest = _three(text.split("+", 2), "a vkey has three parts")
    raw = base64_bytes(rest)
    key = VerifierKey(name, raw[0] if raw else 0, raw[1:])
    if key.id.hex() != id_:
        raise ValueError(f"the id of the key of {name} is not {id_}")
    return key


@dataclass(frozen=True)
class NoteSignature:
    """One line under a note: who signed, by which key, and what they made. Nothing of it is checked."""

    name: str
    key_id: bytes
    content: bytes

    def __str__(self) -> str:
        """The line, without its end."""
        return f"{_MARK}{self.name} {base64_text(self.key_id + self.content)}"

    def is_by(self, key: VerifierKey) -> bool:
        """Whether it says that this key made it."""
        return (self.name, self.key_id) == (key.name, key.id)


@dataclass(frozen=True)
class Note:
    """A text and its signatures. `text` ends with a newline."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __str__(self) -> str:
        """The note as it is written."""
        return self.text + "\n" + "".join(f"{signature}\n" for signature in self.signatures)

    def by(self, key: VerifierKey) -> Iterator[NoteSignature]:
        """The signatures that say that this key made them."""
        return (signature for signature in self.signatures if signature.is_by(key))

    def and_signed(self, *signatures: NoteSignature) -> "Note":
        """The note with more signatures."""
        return replace(self, signatures=(*self.signatures, *signatures))


def read_note(text: str) -> Note:
    """The note in a text. Its signatures are not checked. Raises ValueError."""
    if len(text.encode(errors="surrogatepass")) > MAX_NOTE_BYTES:
        raise ValueError(f"a note has at most {MAX_NOTE_BYTES} bytes")
    if any(character < " " and character != "\n" for character in text):
        raise ValueError("a note has no control characters")
    # Raises UnicodeEncodeError, a ValueError, for what is no text.
    text.encode()
    body, gap, under = text.rpartition("\n\n")
    if not gap or not body:
        raise ValueError("a note has a text, an empty line and signatures")
    return Note(body + "\n", tuple(read_signatures(under)))


def read_signatures(text: str) -> list[NoteSignature]:
    """Lines of signatures. Raises ValueError."""
    lines = lines_of(text)
    if len(lines) > MAX_SIGNATURES:
        raise ValueError(f"a note has at most {MAX_SIGNATURES} signatures")
    return [_signature(line) for line in lines]


def _signature(line: str) -> NoteSignature:
    mark, name, rest = _three(line.split(" "), "a signature's line has three parts")
    if f"{mark} " != _MARK:
        raise ValueError("a signature's line begins with a dash")
    require_name(name)
    raw = base64_bytes(rest)
    if len(raw) <= ID_BYTES:
        raise ValueError("a signature is missing behind its key's id")
    return NoteSignature(name, raw[:ID_BYTES], raw[ID_BYTES:])


class Signs(Protocol):
    """Signs with one Ed25519 key that never leaves its keeper."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes; the same each time."""


def sign_note(text: str, key: VerifierKey, signer: Signs) -> Note:
    """A note with its first signature, that of a log."""
    return Note(text, (NoteSignature(key.name, key.id, signer.sign(text.encode())),))


def verify_note(note: Note, key: VerifierKey) -> None:
    """Checks that a log signed a note. Raises ValueError: it did not, or a signature in its name is wrong."""
    found = list(note.by(key))
    if not found:
        raise ValueError(f"{key.name} has not signed")
    if not all(key.is_signature(note.text.encode(), signature.content) for signature in found):
        raise ValueError(f"the signature of {key.name} is wrong")


def require_name(name: str) -> None:
    """Raises ValueError for what cannot be the name of a key."""
    if not name or "+" in name or any(character.isspace() or character < " " for character in name):
        raise ValueError("a key's name is not empty and has neither spaces nor a plus")


def _three(parts: list[str], otherwise: str) -> tuple[str, str, str]:
    if len(parts) != 3:
        raise ValueError(otherwise)
    return parts[0], parts[1], parts[2]
