"""Where productions are. Each section that somebody writes is an item of its own, so that none waits for another."""

from dataclasses import replace

from services.catalog.app.context import Context
from services.catalog.domain.course import BLOCKS, Block
from services.catalog.domain.ids import FileId, ProductionId
from services.catalog.domain.production import Production, ProductionLine, line_of
from services.catalog.domain.production_block import ProductionBlock, ProductionDraft
from services.catalog.domain.production_file import ProductionFile
from services.kit.store import Key, Reader, Store, Stored, Write, read_or, required

LINES = "PRODUCTIONS"
FILES = "FILE#"
DRAFTS = "DRAFT#"


def line_key(production_id: ProductionId) -> Key:
    """The production's line in the list; ids fall with time, so the newest come first."""
    return Key(LINES, production_id)


def state_key(production_id: ProductionId) -> Key:
    """How it stands: runs and steps."""
    return Key(_pk(production_id), "STATE")


def facts_key(production_id: ProductionId) -> Key:
    """What the editor says of the course."""
    return Key(_pk(production_id), "FACTS")


def transcript_key(production_id: ProductionId) -> Key:
    """Which transcript it has."""
    return Key(_pk(production_id), "TRANSCRIPT")


def block_key(production_id: ProductionId, block: Block) -> Key:
    """A block of the summary."""
    return Key(_pk(production_id), f"BLOCK#{block}")


def draft_key(production_id: ProductionId, block: Block, run: int) -> Key:
    """A block as a run drafted it (0: as it was published before), the newest last of its block."""
    return Key(_pk(production_id), f"{DRAFTS}{block}#{run:09d}")


def file_key(production_id: ProductionId, file_id: FileId) -> Key:
    """A file that an editor brings."""
    return Key(_pk(production_id), f"{FILES}{file_id}")


def files_pk(production_id: ProductionId) -> str:
    """The partition of everything that belongs to a production."""
    return _pk(production_id)


def read_blocks(reader: Reader, production_id: ProductionId) -> list[Stored[ProductionBlock]]:
    """All blocks in their order; one that nobody wrote yet is empty."""
    return [read_or(reader, block_key(production_id, block), ProductionBlock(block)) for block in BLOCKS]


def read_drafts(store: Store, production_id: ProductionId) -> list[Stored[ProductionDraft]]:
    """All that machines drafted, the newest last."""
    found = store.query(_pk(production_id), DRAFTS, ProductionDraft)
    return sorted(found, key=lambda draft: draft.key.sk.rpartition("#")[2])


def put_state(ctx: Context, before: Stored[Production], now: Production) -> list[Write]:
    """The writes that make the production stand so, in the list as well, where that shows a difference."""
    missing = LookupError(f"{now.production_id} has no line")
    line, known = line_of(now), required(ctx.store.get(line_key(now.production_id), ProductionLine), missing)
    same = replace(known.value, changed_at=line.changed_at) == line
    return [before.put(now)] if same else [before.put(now), known.put(line)]


def object_key(production_id: ProductionId, file: ProductionFile) -> str:
    """Where an editor's file lies in the bucket."""
    return file.published_in or f"productions/{production_id}/files/{file.file_id}.{file.ending}"


def packaged_folder(production_id: ProductionId, run: int, attempt: str) -> str:
    """Where one attempt of a run puts the lecture as it packaged it: what was checked there, nothing writes over."""
    return f"productions/{production_id}/packaged/{run}-{attempt}/"


def converted_folder(production_id: ProductionId, recording: FileId) -> str:
    """Where a service puts what it encoded of a recording, for this run and others."""
    return f"productions/{production_id}/converted/{recording}/"


def answers_folder(production_id: ProductionId, drafting: int) -> str:
    """Where the answers lie that a model gave since drafting began with this run."""
    return made_object(production_id, f"answers-{drafting}/")


def made_object(production_id: ProductionId, name: str) -> str:
    """Where something that was made on the way lies."""
    return f"productions/{production_id}/made/{name}"


def _pk(production_id: ProductionId) -> str:
    return f"PRODUCTION#{production_id}"
