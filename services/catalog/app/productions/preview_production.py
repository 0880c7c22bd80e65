"""The course page as a production would publish it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.catalog.app.context import ProductionContext
from services.catalog.app.courses.items import listing_key
from services.catalog.app.courses.read_courses import CourseDetails, CourseState, find_state, read_course
from services.catalog.app.productions.assemble import assemble
from services.catalog.app.productions.items import object_key
from services.catalog.app.productions.problems import PRODUCTION_NOT_READY
from services.catalog.app.productions.read_productions import Sections, read_sections
from services.catalog.domain import document
from services.catalog.domain.course import Course
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.packaged import PREVIEW
from services.catalog.domain.production import lacking_steps
from services.catalog.domain.production_facts import lacking_facts
from services.catalog.domain.publication import Media, Publication, listing
from services.catalog.domain.review import Rating
from services.kit.store import Stored

_STAND_INS = {"abstract": "…", "chapters": [{"at": "00:00", "title": "…", "summary": "…"}]}
"""Of blocks that every page has, to read a course that lacks them yet."""


@dataclass(frozen=True)
class Preview:
    """The page, and where its recording and its pictures can be looked at before they are published.

    `portraits` are addresses by whose portrait each is.
    """

    details: CourseDetails
    preview_url: str | None
    cover_url: str | None
    portraits: Mapping[str, str]


def preview_production(ctx: ProductionContext, production_id: ProductionId) -> Preview:
    """The page with what is decided. Raises PRODUCTION_UNKNOWN; PRODUCTION_NOT_READY without media or facts."""
    found = read_sections(ctx, production_id)
    production = found.state.value
    packaged = production.packaged
    lacks = [*lacking_steps(production), *lacking_facts(production.course_id, found.facts.value)]
    if lacks or packaged is None:
        raise PRODUCTION_NOT_READY.problem(errors=[vars(lack) for lack in lacks])
    course = _course(found)
    manifest = assemble(ctx, found, packaged, course).manifest
    media = Media(manifest.version, packaged.duration_ms, manifest.captions, manifest.handouts, manifest.pictures)
    publication = Publication(production.base_publication + 1, course, media, ctx.clock.now(), production.started_by)
    covers = found.of_role("cover")
    return Preview(
        _details(ctx, publication),
        ctx.files.address(packaged.folder + PREVIEW) if packaged.has_previews else None,
        ctx.files.address(object_key(production_id, covers[0])) if covers else None,
        {
            file.instructor: ctx.files.address(object_key(production_id, file))
            for file in found.of_role("portrait")
            if file.instructor
        },
    )


def _course(found: Sections) -> Course:
    written = found.document
    course = document.read_course({**_STAND_INS, **written})
    return replace(
        course,
        abstract=course.abstract if "abstract" in written else "",
        chapters=course.chapters if "chapters" in written else (),
    )


def _details(ctx: ProductionContext, publication: Publication) -> CourseDetails:
    course_id = publication.course.course_id
    state = CourseState(Stored(listing_key(course_id), listing(publication), publication.number), publication)
    if find_state(ctx, course_id) is None:
        return CourseDetails(state, 0, Rating())
    return replace(read_course(ctx, course_id), state=state)
