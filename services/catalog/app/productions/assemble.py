"""Puts together what a production would publish."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from services.catalog.app.context import ProductionContext
from services.catalog.app.media.manifest import Manifest
from services.catalog.app.productions.brought_captions import read_brought
from services.catalog.app.productions.items import object_key
from services.catalog.app.productions.problems import PRODUCTION_EXPIRED
from services.catalog.app.productions.read_productions import Sections
from services.catalog.app.productions.transcripts import load_transcript
from services.catalog.domain.course import Course
from services.catalog.domain.document import questions_digest
from services.catalog.domain.handouts import Handout
from services.catalog.domain.media import Caption, MediaFile, content_version
from services.catalog.domain.pictures import Picture
from services.catalog.domain.production import PackagedLecture
from services.catalog.domain.production_file import OPEN_TO_ALL, translated
from services.catalog.domain.transcript import transcript_of_cues, write_captions
from services.kit.store.codec import decode


@dataclass(frozen=True)
class FileList:
    """The files of a packaged lecture, as an object keeps them."""

    files: tuple[MediaFile, ...]


@dataclass(frozen=True)
class Assembly:
    """The files of a course as a production would publish it.

    `sources` is where each lies that is to be copied, by its path among the lecture's files; `captions` are their text.
    """

    manifest: Manifest
    sources: dict[str, str]
    captions: dict[str, bytes]


def assemble(ctx: ProductionContext, found: Sections, packaged: PackagedLecture, course: Course) -> Assembly:
    """What is published beside the text. Raises PRODUCTION_EXPIRED where the files are no longer kept."""
    production_id = found.state.value.production_id
    files = _listed(ctx, packaged)
    production = found.state.value
    captions = [*_captions(ctx, found), *_translations(ctx, found)]
    kept = production.base_captions if production.keeps_media else ()
    handouts = {Handout(file.name, file.sha256 or "", file.bytes): file for file in found.of_role("handout")}
    shown = [file for role in OPEN_TO_ALL for file in found.of_role(role)]
    pictures = {Picture(file.instructor, file.ending, file.sha256 or "", file.bytes): file for file in shown}
    asked = questions_digest(course.questions)
    manifest = Manifest(
        course.content_id,
        content_version(files, course.max_rate, asked),
        course.max_rate,
        files,
        (*(caption for caption, _ in captions), *kept),
        asked,
        tuple(handouts),
        tuple(pictures),
    )
    sources = {file.path: packaged.folder + file.path for file in files}
    sources |= {caption.path: packaged.folder + caption.path for caption in kept}
    sources |= {handout.path: object_key(production_id, file) for handout, file in handouts.items()}
    sources |= {picture.path: object_key(production_id, file) for picture, file in pictures.items()}
    return Assembly(manifest, sources, {caption.path: text for caption, text in captions})


def _listed(ctx: ProductionContext, packaged: PackagedLecture) -> tuple[MediaFile, ...]:
    try:
        return decode(ctx.files.read(packaged.listed_in).decode(), FileList).files
    except KeyError:
        raise PRODUCTION_EXPIRED.problem() from None


def _captions(ctx: ProductionContext, found: Sections) -> list[tuple[Caption, bytes]]:
    transcript = load_transcript(ctx.files, found.transcript.value) if found.transcript else None
    if transcript is None or not transcript.sentences:
        return []
    return [_caption(transcript.language, write_captions(transcript).encode())]


def _translations(ctx: ProductionContext, found: Sections) -> Iterator[tuple[Caption, bytes]]:
    """Captions in the other language, which nobody corrects here; those that are published already, as they are."""
    production = found.state.value
    language = translated(production.language)
    for file in found.of_role("translation"):
        try:
            content = ctx.files.read(object_key(production.production_id, file))
        except KeyError:
            raise PRODUCTION_EXPIRED.problem() from None
        if file.published_in:
            yield _caption(language, content)
        else:
            spoken = transcript_of_cues(language, read_brought(ctx.read_captions, content))
            yield _caption(language, write_captions(spoken).encode())


def _caption(language: str, text: bytes) -> tuple[Caption, bytes]:
    return Caption(language, hashlib.sha256(text).hexdigest(), len(text)), text
