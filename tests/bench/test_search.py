"""The index beside looking through all courses: that both find the same. Times are only shown (-s)."""

from functools import partial

from services.catalog.app.search.files import index_of, read_index
from services.catalog.domain.search import Counts, Part, SearchQuery, select
from tests.bench.courses import lines, texts
from tests.bench.pairs import ratio, show
from tests.bench.scan import prepared, scan

COURSES = 300


def test_the_index_finds_what_looking_through_all_courses_finds() -> None:
    made = list(lines(COURSES))
    candidates, parts = prepared(made), [Part(read_index(index_of(made, 1)))]
    for name, text in texts(made).items():
        query = SearchQuery(text, limit=COURSES)
        found = [hit.line.course_id for hit in select(parts, query, lambda _: Counts()).hits]
        assert set(found) == {line.course_id for line in scan(candidates, text)}, name
        looked_up = partial(select, parts, query, lambda _: Counts())
        compared = ratio(looked_up, partial(scan, candidates, text), pairs=3)
        show(f"{COURSES} courses, {name}: {compared:.2f} of looking through all")
