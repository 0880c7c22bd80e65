"""Begins a production."""

from collections.abc import Iterator
from dataclasses import replace

from services.catalog.app.context import Context, ProductionContext
from services.catalog.app.courses.read_courses import find_state, read_state
from services.catalog.app.items import newest_first_id
from services.catalog.app.productions.items import block_key, draft_key, facts_key, file_key, line_key, state_key
from services.catalog.app.productions.problems import COURSE_THERE
from services.catalog.domain.course import BLOCKS
from services.catalog.domain.handouts import Handout
from services.catalog.domain.ids import CourseId, FileId, ProductionId
from services.catalog.domain.media import Caption
from services.catalog.domain.pictures import Picture, pictures_prefix
from services.catalog.domain.production import KEPT_MEDIA, Language, Production, line_of
from services.catalog.domain.production_block import draft_of, published_block
from services.catalog.domain.production_facts import facts_of, make_facts
from services.catalog.domain.production_file import CAPTIONS, FileRole, ProductionFile, part_bytes, translated
from services.catalog.domain.publication import Publication
from services.kit.call import Call
from services.kit.idempotency import answer_once
from services.kit.store import Change, Put, Write

AUDIT_ACTION = "catalog.production_started"


def start_production(
    ctx: ProductionContext, call: Call, course_id: CourseId, title: str, language: Language, *, from_course: bool
) -> ProductionId:
    """Begins a production, once per idempotency key; returns its id.

    `from_course` takes over the title, the facts and the blocks that are published, with what is said of who made them.

    Raises:
        Problem: COURSE_NOT_FOUND, COURSE_THERE, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, str]:
        state = read_state(ctx, course_id) if from_course else find_state(ctx, course_id)
        now = ctx.clock.now()
        production_id = ProductionId(newest_first_id(now, ctx.ids))
        production = Production(production_id, course_id, title, language, call.caller_id, now, now)
        facts = make_facts({"title": title, "content_id": course_id}, now)
        kept: list[Write] = []
        if state and not from_course:
            raise COURSE_THERE.problem(publication=state.number)
        if state:
            production = replace(_kept(production, state.publication), base_publication=state.number)
            facts = facts_of(state.publication.course, now)
            kept = [*_blocks(production_id, state.publication), *_files(ctx, production, state.publication)]
        writes = [
            Put(line_key(production_id), line_of(production)),
            Put(state_key(production_id), production),
            Put(facts_key(production_id), facts),
            *kept,
            ctx.audit.entry(call.caller, AUDIT_ACTION, course_id, production_id),
        ]
        return Change(writes), production_id

    request = call.request(AUDIT_ACTION, course_id=course_id, title=title, language=language, from_course=from_course)
    return ProductionId(answer_once(ctx.store, ctx.clock, request, str, plan))


def _kept(production: Production, publication: Publication) -> Production:
    """With the title and the media that are published."""
    media, shown = publication.media, {production.language, translated(production.language)}
    return replace(
        production,
        title=publication.course.title,
        base_media=publication.media_prefix.removeprefix("/"),
        base_duration_ms=media.duration_ms,
        base_captions=tuple(caption for caption in media.captions if caption.language not in shown),
        steps=KEPT_MEDIA,
    )


def _blocks(production_id: ProductionId, publication: Publication) -> Iterator[Put]:
    for block in BLOCKS:
        if getattr(publication.course, block):
            published = published_block(publication.course, block)
            yield Put(block_key(production_id, block), published)
            # As much as is known of what a machine drafted: a later edit is held against it.
            if draft := draft_of(published, publication.course.title):
                yield Put(draft_key(production_id, block, 0), draft)


def _files(ctx: Context, production: Production, publication: Publication) -> Iterator[Put]:
    """What was published beside the recording, where it lies."""
    media, folder = publication.media, publication.media_prefix.removeprefix("/")
    production_id = production.production_id
    languages = (production.language, translated(production.language))
    for role, language in zip(CAPTIONS, languages, strict=True):
        for caption in [caption for caption in media.captions if caption.language == language]:
            yield _file(ctx, production_id, role, f"{language}.vtt", caption, folder + caption.path)
    for handout in media.handouts:
        yield _file(ctx, production_id, "handout", handout.name, handout, folder + handout.path)
    for picture in media.pictures:
        place = pictures_prefix(publication.course.content_id) + picture.file
        whose: FileRole = "portrait" if picture.instructor else "cover"
        yield _file(ctx, production_id, whose, f"{picture.instructor or 'cover'}.{picture.ending}", picture, place)


def _file(
    ctx: Context, production_id: ProductionId, role: FileRole, name: str, of: Caption | Handout | Picture, place: str
) -> Put:
    file = ProductionFile(
        FileId(ctx.ids.new()), role, name, of.bytes, part_bytes(of.bytes), ctx.clock.now(), upload="", state="here",
        sha256=of.sha256, published_in=place, instructor=of.instructor if isinstance(of, Picture) else None,
    )  # fmt: skip
    return Put(file_key(production_id, file.file_id), file)
