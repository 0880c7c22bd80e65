"""The public description of the catalogue's HTTP API: all its functions in one document."""

from typing import Any

from services.catalog.adapters.course_scan import CourseScan
from services.catalog.adapters.media_bucket import MemoryMediaBucket
from services.catalog.app.enquiries import Enquiries
from services.catalog.app.moderate_reviews import ModerateReviews
from services.catalog.app.publish_course import Publisher
from services.catalog.app.read_courses import ReadCourses
from services.catalog.app.upload_media import UploadMedia
from services.catalog.app.withdraw_course import Withdrawer
from services.catalog.app.write_review import WriteReview
from services.catalog.handlers import editor, enquiries, http, reviews
from services.kit.audit import AuditLog
from services.kit.clock import SystemClock
from services.kit.events import EventFactory
from services.kit.http import merged
from services.kit.ids import RandomIds
from services.kit.store.memory import MemoryStore


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    store, bucket, clock, ids = MemoryStore(), MemoryMediaBucket(), SystemClock(), RandomIds()
    audit, courses = AuditLog(clock, ids), ReadCourses(store)
    events, uploads = EventFactory("catalog", clock, ids), UploadMedia(store, bucket, audit)
    publisher, withdrawer = Publisher(store, bucket, events, audit, clock), Withdrawer(store, events, audit, clock)
    written = editor.build_api(courses, uploads, publisher, withdrawer, lambda _: {}).openapi()
    read = http.build_api(courses, CourseScan(store, clock), lambda _: {}).openapi()
    moderation = ModerateReviews(store, clock, audit)
    reviewed = reviews.build_api(WriteReview(store, clock, ids), moderation, lambda _: {}).openapi()
    asked = enquiries.build_api(Enquiries(store, clock, ids, audit), lambda _: {}).openapi()
    return merged(written, read, reviewed, asked)
