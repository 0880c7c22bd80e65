"""Cosignatures of witnesses (cosignature/v1): that a log's tree began with all that they had seen of it, and when."""

from services.kit.tlog.encoding import MAX_SIZE
from services.kit.tlog.notes import COSIGNATURE, Note, NoteSignature, Signs, VerifierKey

TIME_BYTES, SIGNATURE_BYTES = 8, 64


def cosign(text: str, key: VerifierKey, signer: Signs, at: int) -> NoteSignature:
    """A witness's signature of a checkpoint's text at a time (seconds since 1970)."""
    signature = signer.sign(_message(text, at))
    return NoteSignature(key.name, key.id, at.to_bytes(TIME_BYTES, "big") + signature)


def cosigned_at(note: Note, key: VerifierKey) -> int | None:
    """When a witness cosigned a note last (seconds since 1970); None where it did not.

    Raises:
        ValueError: a cosignature in its name is wrong.
    """
    if key.use != COSIGNATURE:
        raise ValueError(f"the key of {key.name} is none for cosignatures")
    return max((_time_of(note.text, key, signature) for signature in note.by(key)), default=None)


def _time_of(text: str, key: VerifierKey, signature: NoteSignature) -> int:
    if len(signature.content) != TIME_BYTES + SIGNATURE_BYTES:
        raise ValueError(f"the cosignature of {key.name} has another length")
    at = int.from_bytes(signature.content[:TIME_BYTES], "big")
    if not 0 < at <= MAX_SIZE or not key.is_signature(_message(text, at), signature.content[TIME_BYTES:]):
        raise ValueError(f"the cosignature of {key.name} is wrong")
    return at


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
