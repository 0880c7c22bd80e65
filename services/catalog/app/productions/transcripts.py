"""A production's transcript: an object that its content names, and an item that says which."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.catalog.app.context import Context, ProductionContext
from services.catalog.app.ports import ProductionFiles
from services.catalog.app.productions.items import made_object, transcript_key
from services.catalog.app.productions.problems import (
    NO_TRANSCRIPT,
    PRODUCTION_CHANGED,
    PRODUCTION_EXPIRED,
    SENTENCE_UNKNOWN,
)
from services.catalog.app.productions.read_productions import read_open, read_state
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.production import Language
from services.catalog.domain.production_transcript import ProductionTranscript, TranscriptSource
from services.catalog.domain.transcript import Sentence, Stretch, Transcript, tidy
from services.kit.call import Call
from services.kit.store import Change, Check, Stored, commit_retrying
from services.kit.store.codec import decode, encode

AUDIT_ACTION = "catalog.production_transcript_corrected"


@dataclass(frozen=True)
class TranscriptState:
    """The sentences, from where they are, and their revision (0: nothing was written down yet)."""

    revision: int
    language: Language
    source: TranscriptSource
    sentences: Sequence[Sentence]


def read_transcript(ctx: ProductionContext, production_id: ProductionId) -> TranscriptState:
    """What is said, as far as it is known. Raises PRODUCTION_UNKNOWN."""
    production = read_state(ctx, production_id).value
    known = find_transcript(ctx, production_id)
    if known is None:
        return TranscriptState(0, production.language, "none", ())
    spoken = load_transcript(ctx.files, known.value)
    return _state(known, spoken.sentences if spoken else ())


def correct_transcript(
    ctx: ProductionContext, call: Call, production_id: ProductionId, revision: int, texts: Mapping[int, str]
) -> TranscriptState:
    """Gives sentences another text; each keeps its time.

    Raises:
        Problem: PRODUCTION_UNKNOWN, PRODUCTION_CLOSED, PRODUCTION_CHANGED, NO_TRANSCRIPT, SENTENCE_UNKNOWN.
        Conflict: others kept writing.
    """
    read_open(ctx, production_id)
    known = find_transcript(ctx, production_id)
    spoken = load_transcript(ctx.files, known.value) if known else None
    if known is None or spoken is None:
        raise NO_TRANSCRIPT.problem()
    corrected = _corrected(spoken, texts)
    stored_in = keep_transcript(ctx.files, production_id, corrected)

    def plan() -> tuple[Change, TranscriptState]:
        state = read_open(ctx, production_id)
        newest = find_transcript(ctx, production_id)
        if newest is None or newest.version != revision or newest.version != known.version:
            raise PRODUCTION_CHANGED.problem(revision=newest.version if newest else 0)
        put = newest.put(replace(newest.value, stored_in=stored_in, changed_at=ctx.clock.now()))
        entry = ctx.audit.entry(call.caller, AUDIT_ACTION, production_id, ", ".join(map(str, sorted(texts))))
        return Change([put, Check(state.key, state.version), entry]), _state(newest.after(put), corrected.sentences)

    return commit_retrying(ctx.store, plan)


def find_transcript(ctx: Context, production_id: ProductionId) -> Stored[ProductionTranscript] | None:
    """Which transcript the production has, if that was dealt with."""
    return ctx.store.get(transcript_key(production_id), ProductionTranscript)


def load_transcript(files: ProductionFiles, known: ProductionTranscript) -> Transcript | None:
    """The sentences; None where the course goes without. Raises PRODUCTION_EXPIRED where they are no longer kept."""
    if known.stored_in is None:
        return None
    try:
        return decode(files.read(known.stored_in).decode(), Transcript)
    except KeyError:
        raise PRODUCTION_EXPIRED.problem() from None


def keep_transcript(files: ProductionFiles, production_id: ProductionId, transcript: Transcript) -> str:
    """Keeps the sentences under their content's name, which it returns."""
    content = encode(transcript).encode()
    key = made_object(production_id, f"transcript-{hashlib.sha256(content).hexdigest()[:32]}.json")
    files.put(key, content)
    return key


def _corrected(transcript: Transcript, texts: Mapping[int, str]) -> Transcript:
    for number, text in texts.items():
        if not transcript.has(Stretch(number, number)) or not tidy(text):
            raise SENTENCE_UNKNOWN.problem(number=number)
    return transcript.edit(texts)


def _state(known: Stored[ProductionTranscript], sentences: Sequence[Sentence]) -> TranscriptState:
    return TranscriptState(known.version, known.value.language, known.value.source, sentences)
