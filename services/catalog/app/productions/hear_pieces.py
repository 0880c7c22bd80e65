"""Has a lecture's sound written down, piece by piece where the recognizer takes no long files.

What was heard of a piece is kept: a step that dies, or whose time is up, goes on with the next one.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from services.catalog.app.context import ProducingContext
from services.catalog.app.ports import SpeechFile, Transcriber
from services.catalog.app.productions.items import made_object
from services.catalog.app.productions.package_recording import refusing
from services.catalog.app.productions.take_step import Unfinished
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.packaged import SOUND
from services.catalog.domain.pieces import pieces_of
from services.catalog.domain.production import PackagedLecture
from services.catalog.domain.transcript import Sentence, Transcript, transcript_of
from services.kit.store.codec import decode, encode

HEARING = timedelta(minutes=5)
"""How long a call begins with pieces: one, tried three times, may take nine of its 15 minutes."""


def hear(
    ctx: ProducingContext,
    transcriber: Transcriber,
    production_id: ProductionId,
    packaged: PackagedLecture,
    speech: SpeechFile,
) -> Transcript:
    """What is said. `speech` is the lecture's sound as a whole, where nothing lies yet.

    Raises:
        Refusal: the transcriber takes none of it, or none of us.
        TranscriberUnavailable: it cannot be reached, or failed.
        StillTranscribing, Unfinished: it goes on with the next call.
    """
    # Amazon Transcribe takes up to four hours at once, and hears the better.
    pieces = [] if ctx.heard_by == "amazon" else pieces_of(ctx.files.sizes(packaged.folder))
    if not pieces:
        ctx.files.fetch(packaged.folder + SOUND, speech.path)
        return refusing(partial(transcriber.transcribe, speech))
    until = ctx.clock.now() + HEARING

    def in_time() -> None:
        if ctx.clock.now() >= until:
            raise Unfinished

    def heard() -> Iterator[Sentence]:
        for begin, path in pieces:
            for said in _piece(ctx, transcriber, production_id, packaged.folder + path, speech, in_time).sentences:
                yield replace(said, start_ms=said.start_ms + begin, end_ms=said.end_ms + begin)

    return transcript_of(speech.language, heard())


def _piece(
    ctx: ProducingContext,
    transcriber: Transcriber,
    production_id: ProductionId,
    key: str,
    speech: SpeechFile,
    in_time: Callable[[], None],
) -> Transcript:
    named = hashlib.sha256(f"{ctx.heard_by}\n{speech.language}\n{key}".encode()).hexdigest()[:32]
    kept_in = made_object(production_id, f"heard-{named}.json")
    try:
        return decode(ctx.files.read(kept_in).decode(), Transcript)
    except (KeyError, ValueError):
        in_time()
    with TemporaryDirectory() as scratch:
        sound = Path(scratch) / SOUND
        ctx.files.fetch(key, sound)
        heard = refusing(partial(transcriber.transcribe, replace(speech, path=sound, duration_ms=None)))
    ctx.files.put(kept_in, encode(heard).encode())
    return heard
