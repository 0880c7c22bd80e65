"""Productions as editors see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.catalog.app.context import Context, ProductionContext
from services.catalog.app.ports import ProductionFiles, UploadGone
from services.catalog.app.productions.items import (
    FILES,
    LINES,
    block_key,
    facts_key,
    files_pk,
    object_key,
    read_blocks,
    state_key,
    transcript_key,
)
from services.catalog.app.productions.problems import PRODUCTION_CLOSED, PRODUCTION_UNKNOWN
from services.catalog.domain.course import BLOCKS
from services.catalog.domain.hours import Doubt
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.packaged import POSTER, PREVIEW, PREVIEWS
from services.catalog.domain.production import (
    Lack,
    PackagedLecture,
    PackagedRendition,
    Production,
    ProductionLine,
    lacking_steps,
)
from services.catalog.domain.production_block import (
    ProductionBlock,
    doubtful_blocks,
    lacking_blocks,
    published_blocks,
)
from services.catalog.domain.production_facts import (
    ProductionFacts,
    check_facts,
    doubtful_facts,
    lacking_facts,
    lacking_whole,
)
from services.catalog.domain.production_file import OPEN_TO_ALL, ProductionFile, lacking_files
from services.catalog.domain.production_transcript import ProductionTranscript
from services.catalog.domain.reading import Violation
from services.kit.store import Page, Stored, required


@dataclass(frozen=True)
class Sections:
    """A production's items as they were read together."""

    state: Stored[Production]
    facts: Stored[ProductionFacts]
    blocks: Sequence[Stored[ProductionBlock]]
    files: Sequence[Stored[ProductionFile]]
    transcript: Stored[ProductionTranscript] | None

    @property
    def missing(self) -> list[Lack]:
        """All that keeps it from publication."""
        production = self.state.value
        lacks = [
            *lacking_steps(production),
            *lacking_files([file.value for file in self.files], production.checked_ms, self.facts.value.instructors),
            *lacking_facts(production.course_id, self.facts.value),
            *lacking_blocks([block.value for block in self.blocks], production.checked_ms),
        ]
        return lacks or [*lacking_whole(self.document)]

    @property
    def doubts(self) -> list[Doubt]:
        """All that a person should look at, though it keeps nothing from publication."""
        production, corrected = self.state.value, self.transcript.value.changed_at if self.transcript else None
        return [
            *doubtful_facts(self.facts.value, production.checked_ms),
            *doubtful_blocks([block.value for block in self.blocks], corrected),
        ]

    @property
    def document(self) -> dict[str, Any]:
        """The course document, as far as there is one."""
        blocks = published_blocks(block.value for block in self.blocks)
        return {"id": self.state.value.course_id, **self.facts.value.document, **blocks}

    def of_role(self, role: str) -> list[ProductionFile]:
        """The files of a role that are here."""
        return [f.value for f in self.files if f.value.role == role and f.value.state == "here"]


@dataclass(frozen=True)
class FileOnItsWay:
    """A file, which parts of it have arrived while it is uploaded, and where a picture can be looked at for an hour."""

    file: ProductionFile
    parts_here: tuple[int, ...] = ()
    picture_url: str | None = None


@dataclass(frozen=True)
class FactsState:
    """The facts with their revision, and what is wrong with them."""

    stored: Stored[ProductionFacts]
    faults: Sequence[Violation]


@dataclass(frozen=True)
class MediaOnTheWay:
    """What of the packaged lecture can be looked at; the addresses are good for an hour."""

    duration_ms: int
    renditions: Sequence[PackagedRendition]
    poster_url: str | None
    preview_url: str | None
    previews: Sequence[str]


@dataclass(frozen=True)
class ProductionView:
    """A production with all that belongs to it but its transcript."""

    production: Production
    files: Sequence[FileOnItsWay]
    facts: FactsState
    blocks: Sequence[Stored[ProductionBlock]]
    media: MediaOnTheWay | None
    missing: Sequence[Lack]
    doubts: Sequence[Doubt]


def list_productions(ctx: Context, after: str, limit: int) -> Page[ProductionLine]:
    """A page of all productions, the newest first."""
    return ctx.store.page(LINES, "", ProductionLine, after, limit).map(lambda stored: stored.value)


def read_production(ctx: ProductionContext, production_id: ProductionId) -> ProductionView:
    """A production as it stands. Raises PRODUCTION_UNKNOWN."""
    found = read_sections(ctx, production_id)
    production = found.state.value
    return ProductionView(
        production,
        [file_on_its_way(ctx.files, production_id, file.value) for file in found.files],
        facts_state(production, found.facts),
        found.blocks,
        _media(ctx.files, production.packaged) if production.packaged else None,
        [] if production.is_closed else found.missing,
        [] if production.is_closed else found.doubts,
    )


def read_sections(ctx: Context, production_id: ProductionId) -> Sections:
    """A production's items. Raises PRODUCTION_UNKNOWN."""
    keys = [block_key(production_id, block) for block in BLOCKS]
    said = transcript_key(production_id)
    read = ctx.store.get_many([state_key(production_id), facts_key(production_id), said, *keys])
    state = required(read.get(state_key(production_id), Production), PRODUCTION_UNKNOWN.problem())
    facts = required(read.get(facts_key(production_id), ProductionFacts), LookupError(f"{production_id} has no facts"))
    files = ctx.store.query(files_pk(production_id), FILES, ProductionFile)
    transcript = read.get(said, ProductionTranscript)
    return Sections(state, facts, read_blocks(read, production_id), files, transcript)


def read_state(ctx: Context, production_id: ProductionId) -> Stored[Production]:
    """How a production stands. Raises PRODUCTION_UNKNOWN."""
    return required(ctx.store.get(state_key(production_id), Production), PRODUCTION_UNKNOWN.problem())


def read_open(ctx: Context, production_id: ProductionId) -> Stored[Production]:
    """How a production stands that can still change. Raises PRODUCTION_UNKNOWN, PRODUCTION_CLOSED."""
    state = read_state(ctx, production_id)
    if state.value.is_closed:
        raise PRODUCTION_CLOSED.problem()
    return state


def facts_state(production: Production, facts: Stored[ProductionFacts]) -> FactsState:
    """The facts with what is wrong with them."""
    return FactsState(facts, check_facts(production.course_id, facts.value))


def file_on_its_way(files: ProductionFiles, production_id: ProductionId, file: ProductionFile) -> FileOnItsWay:
    """The file with the parts that the store says are there."""
    key = object_key(production_id, file)
    if file.state != "uploading":
        shown = file.state == "here" and file.role in OPEN_TO_ALL
        return FileOnItsWay(file, picture_url=files.address(key) if shown else None)
    try:
        return FileOnItsWay(file, tuple(sorted(files.parts(key, file.upload))))
    except UploadGone:
        return FileOnItsWay(file)


def _media(files: ProductionFiles, packaged: PackagedLecture) -> MediaOnTheWay:
    if not packaged.has_previews:
        return MediaOnTheWay(packaged.duration_ms, packaged.renditions, None, None, ())
    poster, preview, *previews = (files.address(packaged.folder + name) for name in (POSTER, PREVIEW, *PREVIEWS))
    return MediaOnTheWay(packaged.duration_ms, packaged.renditions, poster, preview, previews)
