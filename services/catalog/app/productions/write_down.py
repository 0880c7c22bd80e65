"""Writes down what is said in a lecture: the step `transcribe`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from services.catalog.app.context import Context, ProducingContext
from services.catalog.app.courses.items import LISTINGS
from services.catalog.app.ports import SpeechFile
from services.catalog.app.productions.brought_captions import read_brought
from services.catalog.app.productions.hear_pieces import hear
from services.catalog.app.productions.items import object_key, transcript_key
from services.catalog.app.productions.package_recording import find_file
from services.catalog.app.productions.take_step import Onward, Result, StepCall, take_step
from services.catalog.app.productions.transcripts import find_transcript, keep_transcript
from services.catalog.domain.packaged import SOUND
from services.catalog.domain.production import PackagedLecture, Production
from services.catalog.domain.production_file import ProductionFile
from services.catalog.domain.production_transcript import ProductionTranscript, TranscriptSource
from services.catalog.domain.publication import Listing
from services.catalog.domain.transcript import Sentence, Transcript, transcript_of_cues
from services.kit.store import Write, read_or

COURSES_WITH_TERMS, MOST_TERMS = 200, 600
"""From how many courses the catalogue's terms are taken, and how many of them, at most."""


def write_down(ctx: ProducingContext, call: StepCall) -> Onward:
    """The captions that the editor brings, or else what the transcriber hears; without either there is no transcript.

    What was made of the same source before stays, with the corrections that people made since.
    """

    def work(production: Production) -> Result:
        captions = find_file(ctx, call.production_id, "captions")
        recording = find_file(ctx, call.production_id, "recording")
        source: TranscriptSource = "captions" if captions else ctx.heard_by if recording else "none"
        of = captions or recording
        made_of = of.file_id if of else ""
        known = find_transcript(ctx, call.production_id)
        if known and (known.value.source, known.value.made_of) == (source, made_of):
            return Result(state="done" if known.value.stored_in else "skipped")
        spoken = _spoken(ctx, call, production, captions, source)
        stored_in = keep_transcript(ctx.files, call.production_id, spoken) if spoken else None

        def writes() -> list[Write]:
            now = ctx.clock.now()
            empty = ProductionTranscript(production.language, source, now)
            newest = read_or(ctx.store, transcript_key(call.production_id), empty)
            made = replace(newest.value, source=source, stored_in=stored_in)
            return [newest.put(replace(made, made_of=made_of, changed_at=now))]

        return Result(writes=writes, state="done" if stored_in else "skipped")

    return take_step(ctx, call, work)


def catalogue_terms(ctx: Context) -> tuple[str, ...]:
    """Words of the field: the keywords of published courses."""
    lines = ctx.store.page(LISTINGS, "", Listing, "", COURSES_WITH_TERMS).items
    words = (word for line in lines for word in line.value.keywords)
    return tuple(dict.fromkeys(words))[:MOST_TERMS]


def _spoken(
    ctx: ProducingContext,
    call: StepCall,
    production: Production,
    captions: ProductionFile | None,
    source: TranscriptSource,
) -> Transcript | None:
    if production.packaged is None:
        raise LookupError(f"{call.production_id} is not packaged")
    if captions:
        return _read(ctx, object_key(call.production_id, captions), production.packaged, production.language)
    return _heard(ctx, call, production.packaged, production.language) if source != "none" else None


def _read(ctx: ProducingContext, key: str, packaged: PackagedLecture, language: str) -> Transcript:
    """What was brought; a caption that is shown up to the lecture's end may say that it is longer."""
    cues = read_brought(ctx.read_captions, ctx.files.read(key), packaged.duration_ms)
    return transcript_of_cues(language, (replace(cue, end_ms=min(cue.end_ms, packaged.duration_ms)) for cue in cues))


def _heard(ctx: ProducingContext, call: StepCall, packaged: PackagedLecture, language: str) -> Transcript | None:
    """What was heard; None: nothing."""
    if ctx.transcriber is None:
        raise LookupError("nobody transcribes here")
    with TemporaryDirectory() as scratch:
        speech = SpeechFile(Path(scratch) / SOUND, language, catalogue_terms(ctx), packaged.duration_ms)
        spoken = hear(ctx, ctx.transcriber, call.production_id, packaged, speech)
    within = replace(spoken, sentences=tuple(_until(spoken, packaged.duration_ms)))
    return within if within.sentences else None


def _until(spoken: Transcript, length_ms: int) -> Iterator[Sentence]:
    for sentence in spoken.sentences:
        if sentence.start_ms < length_ms - 1:
            yield replace(sentence, end_ms=min(sentence.end_ms, length_ms))
