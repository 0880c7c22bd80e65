"""Publishes what a person decided on: the course and the end of its production in one transaction."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.catalog.app.context import ProductionContext
from services.catalog.app.media.manifest import missing_files
from services.catalog.app.productions.assemble import Assembly, assemble
from services.catalog.app.productions.items import put_state
from services.catalog.app.productions.problems import (
    MEDIA_BEING_COPIED,
    PRODUCTION_CHANGED,
    PRODUCTION_CLOSED,
    PRODUCTION_EXPIRED,
    PRODUCTION_NOT_READY,
    PRODUCTION_RUNNING,
)
from services.catalog.app.productions.read_productions import Sections, read_sections
from services.catalog.app.publishing.publish_course import (
    PublishResult,
    Submission,
    publish_course,
    read_submitted,
)
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.media import MediaFile
from services.catalog.domain.production import Outcome, PackagedLecture, Production
from services.kit.call import Call
from services.kit.store import Check, Key, Stored, Write

COPYING = timedelta(seconds=5)
"""How long a call copies: half of a function's ten seconds, with time for another batch and a look at what is there."""
BATCH, AT_ONCE = 200, 32
"""Files copied between two looks at the clock, and side by side."""


def publish_production(
    ctx: ProductionContext, call: Call, production_id: ProductionId, reason: str, expected: int | None
) -> None:
    """Publishes; a production that is published stays so, and one that its course says already is only closed.

    `expected` is the number of the course's current publication; None: of the one that the production began on.

    Raises:
        Problem: PRODUCTION_UNKNOWN, PRODUCTION_CLOSED, PRODUCTION_RUNNING, PRODUCTION_NOT_READY, PRODUCTION_CHANGED,
            MEDIA_BEING_COPIED, and everything in PUBLISHING_PROBLEMS and MEDIA_PROBLEMS.
        Conflict: others kept writing.
    """
    found = read_sections(ctx, production_id)
    production = found.state.value
    if production.published:
        return
    packaged = _ready(found)
    assembly = assemble(ctx, found, packaged, read_submitted(found.document))
    _copy(ctx, assembly)
    _put_captions_beside(ctx, assembly, production)
    manifest = assembly.manifest
    submission = Submission(
        found.document,
        manifest.version,
        manifest.files,
        manifest.captions,
        production.base_publication if expected is None else expected,
        reason,
        manifest.handouts,
        manifest.pictures,
    )

    def close(result: PublishResult) -> Sequence[Write]:
        newest = read_sections(ctx, production_id)
        if newest.state.value.published:
            return ()
        if _ready(newest) != packaged or _sections(newest) != _sections(found):
            raise PRODUCTION_CHANGED.problem()
        now = ctx.clock.now()
        outcome = Outcome(result.publication.number, now, result.changed)
        closed = replace(newest.state.value, published=outcome, changed_at=now)
        checks = [Check(key, version) for key, version in _sections(found).items()]
        return [*put_state(ctx, newest.state, closed), *checks]

    # The step `check` has measured these very files, and nothing writes over them: of a long lecture, reading each one
    # again would take longer than a call may.
    publish_course(ctx, call, submission, close, lambda *_: packaged.duration_ms)


def _ready(found: Sections) -> PackagedLecture:
    production = found.state.value
    if production.is_closed:
        raise PRODUCTION_CLOSED.problem()
    if production.is_running:
        raise PRODUCTION_RUNNING.problem()
    if found.missing or production.packaged is None:
        raise PRODUCTION_NOT_READY.problem(errors=[vars(lack) for lack in found.missing])
    return production.packaged


def _sections(found: Sections) -> dict[Key, int]:
    """The versions of what is published: files, facts, blocks and transcript. The state's own is written."""
    items: list[Stored[Any]] = [found.facts, *found.blocks, *found.files]
    items += [found.transcript] if found.transcript else []
    return {item.key: item.version for item in items}


def _copy(ctx: ProductionContext, assembly: Assembly) -> None:
    """Puts what is missing where learners get it from; done again, it goes on. Raises MEDIA_BEING_COPIED."""
    missing, until = missing_files(ctx.bucket, assembly.manifest), ctx.clock.now() + COPYING
    for begin in range(0, len(missing), BATCH):
        if ctx.clock.now() >= until:
            copied = len(assembly.manifest.all_files) - len(missing) + begin
            raise MEDIA_BEING_COPIED.problem(copied=copied, files=len(assembly.manifest.all_files))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda file: _copy_file(ctx, assembly, file), missing[begin : begin + BATCH]))


def _put_captions_beside(ctx: ProductionContext, assembly: Assembly, production: Production) -> None:
    """Puts captions in the version before as well, if it is of the same recording: who watches it reads them there."""
    before = production.base_media if production.keeps_media else None
    if before and before != assembly.manifest.prefix:
        for path, text in assembly.captions.items():
            ctx.files.publish_text(text, before + path)


def _copy_file(ctx: ProductionContext, assembly: Assembly, file: MediaFile) -> None:
    place = "".join(assembly.manifest.place(file.path))
    if file.path in assembly.captions:
        ctx.files.publish_text(assembly.captions[file.path], place)
    elif file.path in assembly.sources:
        named = {handout.path: handout.disposition for handout in assembly.manifest.handouts}
        try:
            ctx.files.publish(assembly.sources[file.path], place, named.get(file.path))
        except KeyError:
            raise PRODUCTION_EXPIRED.problem() from None
