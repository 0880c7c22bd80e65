"""Turns publications into the answers of the HTTP API."""

from typing import Any

from services.catalog.app.read_courses import CourseView, Listed
from services.catalog.app.read_reviews import Page
from services.catalog.domain.course import CREDENTIALS, Course
from services.catalog.domain.document import write_course, write_node
from services.catalog.domain.publication import Current, Listing, Publication
from services.catalog.domain.review import Rating
from services.catalog.domain.search import Found, Hit
from services.catalog.handlers import models


def listing_answer(line: Listing) -> models.Listing:
    """A course in the list."""
    return models.Listing.model_validate(line, from_attributes=True)


def editors_courses(page: Page[Listed]) -> models.EditorsCourses:
    """A page of the editors' list."""
    courses = [
        models.EditorsCourse(
            **listing_answer(listed.line).model_dump(),
            publication=listed.number,
            withdrawn_at=listed.line.withdrawn_at,
        )
        for listed in page.entries
    ]
    return models.EditorsCourses(courses=courses, after=page.after or None)


def search_answer(found: Found) -> models.SearchAnswer:
    """A page of a search."""
    return models.SearchAnswer(total=found.total, courses=[_found(hit) for hit in found.hits])


def rating_answer(rating: Rating) -> models.RatingAnswer:
    """What reviews give a course."""
    return models.RatingAnswer(average=rating.average, count=rating.count, histogram=list(rating.histogram))


def course_page(view: CourseView) -> models.CoursePage:
    """The whole page of a course."""
    publication = view.current.publication
    course = publication.course
    return models.CoursePage(
        course_id=course.course_id,
        publication=publication.number,
        published_at=publication.published_at,
        withdrawn=view.current.withdrawn_at is not None,
        learners=view.learners,
        rating=rating_answer(view.rating),
        title=course.title,
        title_en=course.title_en,
        subtitle=course.subtitle,
        hours=course.hours,
        category=course.category,
        eligibility=[_eligibility(course, name) for name in CREDENTIALS],
        published_on=course.published_on,
        price_fen=course.price_fen,
        member_price_fen=course.member_price_fen,
        member_recommended=course.member_recommended,
        member_library=course.member_library,
        keywords=list(course.keywords),
        abstract=course.abstract,
        chapters=[models.ChapterMark(at_ms=c.at_ms, title=c.title, summary=c.summary) for c in course.chapters],
        mind_map=models.MindMapText.model_validate(write_node(course.mind_map)) if course.mind_map else None,
        key_points=[models.KeyPointText(question=k.question, answer=k.answer) for k in course.key_points],
        instructors=[models.InstructorText(name=i.name, title=i.title, bio=i.bio) for i in course.instructors],
        watch=models.WatchPolicy(max_rate=course.max_rate),
        media=_media(publication),
    )


def current_publication(current: Current) -> models.CurrentPublication:
    """What an editor compares a package with."""
    withdrawn = current.withdrawn_at is not None
    return models.CurrentPublication(**_publication(current.publication, current.number, withdrawn=withdrawn))


def publish_answer(publication: Publication, *, changed: bool) -> models.PublishAnswer:
    """The result of publishing."""
    return models.PublishAnswer(changed=changed, **_publication(publication, publication.number, withdrawn=False))


def _publication(publication: Publication, number: int, *, withdrawn: bool) -> dict[str, Any]:
    captions = publication.media.captions
    return {
        "course_id": publication.course.course_id,
        "publication": number,
        "withdrawn": withdrawn,
        "content_version": publication.media.version,
        "duration_ms": publication.media.duration_ms,
        "media_path": publication.media_path,
        "captions": [models.CaptionEntry(language=c.language, sha256=c.sha256, bytes=c.bytes) for c in captions],
        "course": write_course(publication.course),
    }


def _found(hit: Hit) -> models.FoundCourse:
    line, counts = listing_answer(hit.line).model_dump(), hit.counts
    return models.FoundCourse(**line, learners=counts.learners, rating=rating_answer(counts.rating))


def _eligibility(course: Course, credential: str) -> models.Eligibility:
    eligible = credential in course.eligible_credentials
    if eligible:
        note, note_en = f"可计入 {credential} 继续教育学时", f"Hours count towards {credential}"
    else:
        note, note_en = f"学时不能用于 {credential}", f"Hours do not count towards {credential}"
    return models.Eligibility(credential=credential, eligible=eligible, note=note, note_en=note_en)


def _media(publication: Publication) -> models.Media:
    prefix, media = publication.media_prefix, publication.media
    return models.Media(
        content_id=publication.course.content_id,
        content_version=media.version,
        path=publication.media_path,
        duration_ms=media.duration_ms,
        captions=[models.CaptionTrack(language=c.language, path=prefix + c.path) for c in media.captions],
    )
