"""The public description of the catalogue's HTTP API: all its functions in one document."""

from collections.abc import Callable, Mapping
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
from services.kit.http import HttpApi, described
from services.kit.ids import RandomIds
from services.kit.store import Store
from services.kit.store.memory import MemoryStore


def apis(store: Store, origin_secret: Callable[[bool], Mapping[str, str]]) -> list[HttpApi]:
    """Every function's routes; whatever they need besides the store is in memory."""
    bucket, clock, ids = MemoryMediaBucket(), SystemClock(), RandomIds()
    audit, courses = AuditLog(clock, ids), ReadCourses(store)
    events, uploads = EventFactory("catalog", clock, ids), UploadMedia(store, bucket, audit)
    publisher, withdrawer = Publisher(store, bucket, events, audit, clock), Withdrawer(store, events, audit, clock)
    return [
        editor.build_api(courses, uploads, publisher, withdrawer, origin_secret),
        http.build_api(courses, CourseScan(store, clock), origin_secret),
        reviews.build_api(WriteReview(store, clock, ids), ModerateReviews(store, clock, audit), origin_secret),
        enquiries.build_api(Enquiries(store, clock, ids, audit), origin_secret),
    ]


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return described(apis(MemoryStore(), lambda _: {}))
