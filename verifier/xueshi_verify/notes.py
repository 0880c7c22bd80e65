"""Signed notes, checkpoints and the Ed25519 keys under them (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""

from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from xueshi_verify.encoding import MAX_NUMBER, Unreadable, base64_bytes, number_of

LOG, WITNESS = 1, 4
"""What a key is for: its type."""
MARK = "\u2014"
KEY_BYTES, ID_BYTES, TIME_BYTES, SIGNATURE_BYTES, HASH_BYTES = 32, 4, 8, 64, 32
MAX_NOTE_BYTES, MAX_SIGNATURES = 64 * 1024, 64
ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group of Ed25519."""
PRIME = 2**255 - 19
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
"""d of the curve -x^2 + y^2 = 1 + d x^2 y^2."""
WHITE_SPACE = frozenset("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(0x2000 + n) for n in range(11)
}
"""Unicode's property of that name."""


@dataclass(frozen=True)
class Key:
    """A public key with its name and use."""

    name: str
    use: int
    public: bytes

    @property
    def id(self) -> bytes:
        """What signatures name it by, beside its name."""
        return sha256(f"{self.name}\n".encode() + bytes([self.use]) + self.public).digest()[:ID_BYTES]

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether this is its signature of a message, in the one form that it may have."""
        if len(signature) != SIGNATURE_BYTES or int.from_bytes(signature[32:], "little") >= ORDER:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def read_key(text: str, use: int) -> Key:
    """A key as policies have it, for this use. Raises Unreadable."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise Unreadable("policy", "a key has three parts")
    name, key_id, rest = parts
    raw = base64_bytes(rest, "policy")
    if not is_name(name) or len(raw) != 1 + KEY_BYTES or raw[0] != use:
        raise Unreadable("policy", "a key is of another use or form")
    if not is_strong(raw[1:]):
        raise Unreadable("policy", "a key is no point of its curve, or one under which anybody can sign")
    key = Key(name, use, raw[1:])
    if key.id.hex() != key_id:
        raise Unreadable("policy", "a key's id is another")
    return key


def is_name(text: str) -> bool:
    """Whether this can be the name of a key."""
    return text != "" and not any(c == "+" or c < " " or c in WHITE_SPACE for c in text)


def is_strong(public: bytes) -> bool:
    """Whether a key is a point of Ed25519's curve in the one form that it has, and not of order 1, 2, 4 or 8."""
    y = int.from_bytes(public, "little") & (2**255 - 1)
    # The square of x is u / v; v is never 0.
    u, v = (y * y - 1) % PRIME, (CURVE * y * y + 1) % PRIME
    is_weak = u == 0 or y == 0 or (u + y * y * v) % PRIME == 0
    return y < PRIME and not is_weak and pow(u * v, (PRIME - 1) // 2, PRIME) == 1


@dataclass(frozen=True)
class Signature:
    """A line under a note; nothing of it is checked."""

    name: str
    key_id: bytes
    content: bytes

    def is_by(self, key: Key) -> bool:
        """Whether it says that this key made it."""
        return (self.name, self.key_id) == (key.name, key.id)


@dataclass(frozen=True)
class Note:
    """A checkpoint with its signatures. `text` is what is signed; origin, size and root are what it says."""

    text: str
    signatures: tuple[Signature, ...]
    origin: str
    size: int
    root: bytes

    def by(self, key: Key) -> list[Signature]:
        """What says that this key made it."""
        return [signature for signature in self.signatures if signature.is_by(key)]

    def is_signed_by(self, key: Key) -> bool:
        """Whether all that is there in a log's name is right. True where there is nothing."""
        return all(key.has_signed(self.text.encode(), signature.content) for signature in self.by(key))

    def cosigned_at(self, key: Key) -> list[int | None]:
        """When a witness cosigned it (seconds since 1970), each time; None for what is wrong."""
        return [_cosigned_at(self.text, key, signature.content) for signature in self.by(key)]


def _cosigned_at(text: str, key: Key, content: bytes) -> int | None:
    at = int.from_bytes(content[:TIME_BYTES], "big")
    message = f"cosignature/v1\ntime {at}\n{text}".encode()
    is_right = 0 < at <= MAX_NUMBER and key.has_signed(message, content[TIME_BYTES:])
    return at if is_right else None


def read_note(text: str) -> Note:
    """The signed checkpoint in a text. Raises Unreadable."""
    if len(text.encode()) > MAX_NOTE_BYTES or any(c < " " and c != "\n" for c in text):
        raise Unreadable("proof", "the checkpoint is too large or has control characters")
    body, gap, under = text.rpartition("\n\n")
    lines = under.split("\n")
    if not gap or not body or lines[-1] or not 2 <= len(lines) <= MAX_SIGNATURES + 1:
        raise Unreadable("proof", "the checkpoint is no signed note")
    signatures = tuple(_signature(line) for line in lines[:-1])
    return _checkpoint(body + "\n", signatures)


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != MARK or not is_name(parts[1]):
        raise Unreadable("proof", "a line under the checkpoint is no signature")
    raw = base64_bytes(parts[2], "proof")
    if len(raw) <= ID_BYTES:
        raise Unreadable("proof", "a signature under the checkpoint is missing")
    return Signature(parts[1], raw[:ID_BYTES], raw[ID_BYTES:])


def _checkpoint(text: str, signatures: tuple[Signature, ...]) -> Note:
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise Unreadable("proof", "a checkpoint has at least three lines, none of them empty")
    return Note(text, signatures, lines[0], number_of(lines[1], "proof"), hash_of(lines[2]))


def hash_of(text: str) -> bytes:
    """A SHA-256 in Base64. Raises Unreadable."""
    raw = base64_bytes(text, "proof")
    if len(raw) != HASH_BYTES:
        raise Unreadable("proof", "a hash is not 32 bytes")
    return raw
