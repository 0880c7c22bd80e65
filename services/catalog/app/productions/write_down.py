"""Writes down what is said in a lecture: the step `transcribe`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from services.catalog.app.context import Context, ProducingContext
from services.catalog.app.courses.items import LISTINGS
from services.catalog.app.ports import SpeechFile, UnreadableCaptions
from services.catalog.app.productions.hear_pieces import hear
from services.catalog.app.productions.items import object_key, transcript_key
from services.catalog.app.productions.package_recording import find_file
from services.catalog.app.productions.take_step import Onward, Refusal, Result, StepCall, take_step
from services.catalog.app.productions.transcripts import find_transcript, keep_transcript
from services.catalog.domain.packaged import SOUND
from services.catalog.domain.production import Hindrance, PackagedLecture, Production
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
    if captions:
        spoken = _read(ctx, object_key(call.production_id, captions), production.language)
    elif source != "none" and ctx.transcriber and production.packaged:
        spoken = _heard(ctx, call, production.packaged, production.language)
    else:
        return None
    length = production.packaged.duration_ms if production.packaged else spoken.end_ms
    within = replace(spoken, sentences=tuple(_until(spoken, length)))
    if not within.sentences:
        message = "字幕都在视频结束之后：请检查是否选错了文件"
        raise Refusal(Hindrance("CAPTIONS_BEYOND", message, "all captions are after the lecture's end: a wrong file?"))
    return within


def _read(ctx: ProducingContext, key: str, language: str) -> Transcript:
    try:
        return transcript_of_cues(language, ctx.read_captions(ctx.files.read(key)).cues)
    except UnreadableCaptions as unreadable:
        message = f"字幕无法读取:{unreadable.fault.message}。请更换字幕后重新处理"
        message_en = f"the captions cannot be read: {unreadable.fault.message_en}. Bring others and run again"
        raise Refusal(Hindrance("CAPTIONS_UNREADABLE", message, message_en)) from None


def _heard(ctx: ProducingContext, call: StepCall, packaged: PackagedLecture, language: str) -> Transcript:
    if ctx.transcriber is None:
        raise LookupError("nobody transcribes here")
    with TemporaryDirectory() as scratch:
        speech = SpeechFile(Path(scratch) / SOUND, language, catalogue_terms(ctx), packaged.duration_ms)
        return hear(ctx, ctx.transcriber, call.production_id, packaged, speech)


def _until(spoken: Transcript, length_ms: int) -> Iterator[Sentence]:
    for sentence in spoken.sentences:
        if sentence.start_ms < length_ms - 1:
            yield replace(sentence, end_ms=min(sentence.end_ms, length_ms))
