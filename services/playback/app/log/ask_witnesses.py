"""Asking witnesses to cosign a checkpoint before it is published."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus

from services.kit.tlog.cosignatures import cosigned_at
from services.kit.tlog.encoding import number_of
from services.kit.tlog.merkle import ReadHash, consistency_proof
from services.kit.tlog.notes import Note, NoteSignature, read_signatures
from services.kit.tlog.policies import Party, Policy
from services.kit.tlog.submissions import Submission
from services.playback.app.ports import Witnesses


@dataclass(frozen=True)
class WitnessRequest:
    """What they are asked: a signed checkpoint of `size` entries, whose tree `read` reads; `published` had so many."""

    note: Note
    size: int
    published: int
    read: ReadHash


def ask_witnesses(witnesses: Witnesses, policy: Policy, asked: WitnessRequest) -> tuple[list[NoteSignature], list[str]]:
    """Asks all that the policy says an address of, side by side; answers cosignatures, and who gave none and why."""
    parties = [(name, party) for name, party in policy.witnesses.items() if party.url]
    if not parties:
        return [], []
    with ThreadPoolExecutor(len(parties)) as pool:
        answers = list(pool.map(lambda named: _ask(witnesses, named, asked), parties))
    cosignatures = [answer for answer in answers if isinstance(answer, NoteSignature)]
    return cosignatures, [answer for answer in answers if isinstance(answer, str)]


def _ask(witnesses: Witnesses, named: tuple[str, Party], asked: WitnessRequest) -> NoteSignature | str:
    name, party = named
    try:
        return _cosignature(witnesses, party, asked)
    except (OSError, ValueError) as error:
        return f"{name}: {error}"


def _cosignature(witnesses: Witnesses, party: Party, asked: WitnessRequest) -> NoteSignature:
    """Asks once more where the witness had seen another checkpoint last than the published one.

    Raises:
        OSError: it cannot be reached.
        ValueError: it does not cosign.
    """
    old_size = asked.published
    for _ in range(2):
        proof = consistency_proof(old_size, asked.size, asked.read)
        answer = witnesses.submit(party.url or "", str(Submission(old_size, tuple(proof), asked.note)))
        if answer.status == HTTPStatus.OK:
            return _own(party, asked.note, read_signatures(answer.body))
        if answer.status != HTTPStatus.CONFLICT:
            break
        # Of a larger tree than ours no proof can be made: that raises, and says both sizes.
        old_size = number_of(answer.body.removesuffix("\n"))
    raise ValueError(f"answers {answer.status}")


def _own(party: Party, note: Note, signatures: Sequence[NoteSignature]) -> NoteSignature:
    for signature in signatures:
        if cosigned_at(note.and_signed(signature), party.key) is not None:
            return signature
    raise ValueError("its answer has no cosignature of its own")
