"""What reading the catalogue takes: `python -m tests.bench.catalogue [COURSES]`, 10,000 unless told otherwise.

Searches beside looking through all courses, as they once did; a course's page beside one get of its publication through
PynamoDB, on the same endpoint, which is the emulator, a process of its own. CPU time of this process, medians of pairs
that take turns; each side's answer is checked.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from local import emulator
from services.catalog.adapters.course_index import CourseIndex
from services.catalog.adapters.search_files import S3SearchFiles
from services.catalog.adapters.speller import LibrarySpeller
from services.catalog.app.context import SearchContext, context
from services.catalog.app.courses.items import current_key, listing_key, publication_key
from services.catalog.app.learning.items import learner_counter
from services.catalog.app.reviews.items import rating_key
from services.catalog.app.search.files import INDEX, index_of
from services.catalog.app.search.items import CHANGES, Changes
from services.catalog.app.search.keep_files import keep_search_files
from services.catalog.cli.package import load_package
from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Media, Publication, listing
from services.catalog.domain.review import Rating
from services.catalog.domain.search import SearchQuery
from services.catalog.handlers import http
from services.kit.aws import client
from services.kit.clock import SystemClock
from services.kit.ids import RandomIds
from services.kit.store import Change, Put
from services.kit.store.dynamodb import DynamoStore, item_model
from tests.bench.courses import lines, texts
from tests.bench.pairs import PAIRS, show, timed
from tests.bench.scan import prepared, scan
from tests.gateway import LambdaContext, origin_secret, request

DEMO = Path(__file__).parents[2] / "demo" / "courses"
TABLE, OUTBOX, BUCKET = "xueshi-catalog", "xueshi-catalog-outbox", "xueshi-media-bench"
FIRSTS = 5


def main() -> int:
    """Measures and prints; answers the exit status."""
    courses = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with TemporaryDirectory() as folder, emulator.running(Path(folder) / "emulator") as running, _aws(running):
        store = DynamoStore(TABLE, OUTBOX, SystemClock())
        _pages(store)
        _searches(store, courses)
    return 0


def _pages(store: DynamoStore) -> None:
    """A course's page, of one published by this code and of one published by the last release's."""
    package = load_package(DEMO / "first-meeting")
    media = Media(package.version, 100_000)
    publication = Publication(1, package.course, media, datetime.now(UTC), "editor")
    new, old = CourseId("new"), CourseId("old")
    for course_id in (new, old):
        written = [Put(publication_key(course_id, 1), publication), Put(rating_key(course_id), Rating((0, 1, 2, 3, 4)))]
        store.commit(
            Change([*written, Put(listing_key(course_id), replace(listing(publication), course_id=course_id))])
        )
        store.commit(Change([learner_counter(course_id, shards=1).add()]))
    store.commit(Change([Put(current_key(new), publication)]))
    files = S3SearchFiles(client("s3"), BUCKET)
    clock = SystemClock()
    api = http.build_api(context(store, clock, RandomIds()), CourseIndex(store, clock, files), origin_secret)
    events = {course_id: request("GET", f"/v1/catalog/courses/{course_id}") for course_id in (new, old)}
    model = item_model(TABLE)

    def page(course_id: CourseId) -> None:
        answer = api.handle(events[course_id], LambdaContext())  # type: ignore[arg-type]
        assert (answer["statusCode"], package.course.title in answer["body"]) == (200, True)

    def get() -> None:
        key = publication_key(new, 1)
        assert package.course.title in model.get(key.pk, key.sk, consistent_read=True).body

    for course_id, said in ((new, "a course's page"), (old, "the same, published by the last release")):
        pairs = timed(partial(page, course_id), get, PAIRS, 20)
        show(f"{said} / one get of its publication: {median(one / two for one, two in pairs):.2f}")


def _searches(store: DynamoStore, courses: int) -> None:
    made = list(lines(courses))
    speller, files = LibrarySpeller(), S3SearchFiles(client("s3"), BUCKET)
    keep_search_files(SearchContext(store, SystemClock(), files, speller))
    store.commit(Change([Put(CHANGES, Changes())]))
    packed = index_of(made, 0, speller.spelling(), speller)
    files.put(INDEX, packed)
    show(f"{courses} courses: an index of {len(packed) / 1024**2:.1f} MB")
    warm, candidates = CourseIndex(store, SystemClock(), files), prepared(made)
    for name, text in texts(made).items():
        query = SearchQuery(text)

        def first(query: SearchQuery = query) -> None:
            CourseIndex(store, SystemClock(), files).find(query)

        def again(query: SearchQuery = query) -> int:
            return warm.find(query).total

        def through_all(text: str = text) -> int:
            return len(scan(candidates, text))

        assert again() >= through_all(), name
        pairs = timed(again, through_all)
        firsts = timed(first, again, FIRSTS)
        ms = [1_000 * median(seconds) for seconds in zip(*pairs, strict=True)]
        show(
            f"  {name:<34} {ms[0]:6.1f} ms, first {1_000 * median(one for one, _ in firsts):6.1f} ms; "
            f"through all {ms[1]:6.1f} ms: {median(one / two for one, two in pairs):.3f} of it"
        )


@contextmanager
def _aws(running: emulator.Emulator) -> Iterator[None]:
    environment = {
        "AWS_ENDPOINT_URL": running.endpoint_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": emulator.REGION,
        "POWERTOOLS_SERVICE_NAME": "catalog",
        "POWERTOOLS_METRICS_NAMESPACE": "Xueshi",
    }
    os.environ.update(environment)
    for table in (TABLE, OUTBOX):
        running.client("dynamodb").create_table(
            TableName=table,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
    running.client("s3").create_bucket(Bucket=BUCKET)
    yield


if __name__ == "__main__":
    sys.exit(main())
