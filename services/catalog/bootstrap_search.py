"""Where searches get their files from, apart so that functions that do not search load nothing of it."""

from functools import cache
from os import environ

from services.catalog.adapters.course_index import CourseIndex
from services.catalog.adapters.search_files import S3SearchFiles
from services.kit.aws import client
from services.kit.clock import SystemClock
from services.kit.wiring.tables import store


@cache
def files() -> S3SearchFiles:
    """The search's files."""
    return S3SearchFiles(client("s3"), environ["MEDIA_BUCKET_NAME"])


@cache
def search() -> CourseIndex:
    """What finds courses."""
    return CourseIndex(store(), SystemClock(), files())
