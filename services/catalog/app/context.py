"""What every use case works with."""

from dataclasses import dataclass

from services.catalog.app.ports import (
    CaptionReader,
    EncodingService,
    MediaBucket,
    MediaTool,
    Model,
    ProductionFiles,
    Productions,
    SearchFiles,
    Speller,
    Summariser,
    Transcriber,
)
from services.catalog.domain.production_transcript import TranscriptSource
from services.kit.audit import AuditLog
from services.kit.clock import Clock
from services.kit.event_factory import EventFactory
from services.kit.ids import Ids
from services.kit.store import Store


@dataclass(frozen=True)
class Context:
    """The ports that every function has."""

    store: Store
    clock: Clock
    ids: Ids
    events: EventFactory
    audit: AuditLog


@dataclass(frozen=True)
class MediaContext(Context):
    """With the lectures' files, which only the editors' function reaches."""

    bucket: MediaBucket


@dataclass(frozen=True)
class ProductionContext(MediaContext):
    """With what productions work with, and the machine that runs their steps."""

    files: ProductionFiles
    machine: Productions
    read_captions: CaptionReader


@dataclass(frozen=True)
class StepContext(Context):
    """With what the steps of a production work with."""

    files: ProductionFiles


@dataclass(frozen=True)
class PackagingContext(StepContext):
    """With the tool that looks into recordings and packages them, which is large."""

    tool: MediaTool


@dataclass(frozen=True)
class ProducingContext(StepContext):
    """With the lectures' files, and who writes down and summarises what is said.

    `heard_by` names the transcriber, of which there may be none; without an encoding service the tool packages.
    Where there is a `model`, it summarises in place of `summarise`, and must not be told who speaks.
    """

    bucket: MediaBucket
    read_captions: CaptionReader
    summarise: Summariser
    heard_by: TranscriptSource = "none"
    transcriber: Transcriber | None = None
    encoding: EncodingService | None = None
    model: Model | None = None


@dataclass(frozen=True)
class SearchContext:
    """What the search's files are made with: it reads the table and changes nothing in it."""

    store: Store
    clock: Clock
    files: SearchFiles
    speller: Speller


def context(store: Store, clock: Clock, ids: Ids) -> Context:
    """A context on these ports."""
    return Context(store, clock, ids, EventFactory("catalog", clock, ids), AuditLog(clock, ids))


def media_context(ctx: Context, bucket: MediaBucket) -> MediaContext:
    """The context with the lectures' files."""
    return MediaContext(ctx.store, ctx.clock, ctx.ids, ctx.events, ctx.audit, bucket)


def production_context(
    ctx: MediaContext, files: ProductionFiles, machine: Productions, read_captions: CaptionReader
) -> ProductionContext:
    """The context with the files and the machine of productions."""
    return ProductionContext(
        ctx.store, ctx.clock, ctx.ids, ctx.events, ctx.audit, ctx.bucket, files, machine, read_captions
    )
