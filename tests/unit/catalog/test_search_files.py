"""The search's files: made by the minute's run, read by every function; without them nothing is wrong, only slow."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.adapters.course_index import LOOKED_AT, CourseIndex
from services.catalog.app.context import SearchContext, context
from services.catalog.app.courses.items import listing_key
from services.catalog.app.learning.items import learner_counter
from services.catalog.app.reviews.items import rating_key
from services.catalog.app.search.files import INDEX, TALLY, read_index, read_tally
from services.catalog.app.search.items import CHANGES, REMEMBERED, Changes, note_change
from services.catalog.app.search.keep_files import MADE_ANEW, Run, keep_search_files
from services.catalog.domain.ids import CourseId
from services.catalog.domain.review import Rating
from services.catalog.domain.search import SearchQuery
from services.catalog.domain.search_index import FORMAT, UnknownFormat
from services.kit.store import Change, Put
from tests.fakes.clock import ManualClock
from tests.fakes.ids import SequentialIds
from tests.fakes.search_files import MemorySearchFiles
from tests.fakes.store import MemoryStore
from tests.unit.catalog.test_search import course
from tests.unit.catalog.world import PUBLISHED_AT, SPELLER


class Died(Exception):
    """The function ended here."""


class Catalogue:
    """Courses that change, a minute's run, and readers."""

    def __init__(self) -> None:
        self.store, self.clock, self.files = MemoryStore(), ManualClock(PUBLISHED_AT), MemorySearchFiles()
        self.ctx = context(self.store, self.clock, SequentialIds())

    def publish(self, course_id: str, *, withdrawn: bool = False, **fields: Any) -> None:
        """Writes a course's line as publishing and withdrawing do."""
        line = course(course_id, withdrawn_at=PUBLISHED_AT if withdrawn else None, **fields)
        known = self.store.get(listing_key(line.course_id), type(line))
        put = known.put(line) if known else Put(listing_key(line.course_id), line)
        self.store.commit(Change([put, note_change(self.ctx, line.course_id)]))

    def run(self, *, anew: bool = False) -> Run:
        """A minute's run."""
        return keep_search_files(SearchContext(self.store, self.clock, self.files, SPELLER), anew=anew)

    def reader(self) -> CourseIndex:
        """A function that has just started."""
        return CourseIndex(self.store, self.clock, self.files)

    def later(self, passed: timedelta = LOOKED_AT) -> None:
        """Time passes."""
        self.clock.advance(int(passed.total_seconds() * 1_000))


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


def ids(reader: CourseIndex, text: str = "") -> list[str]:
    """What a reader finds."""
    return [hit.line.course_id for hit in reader.find(SearchQuery(text, limit=50)).hits]


def test_a_run_makes_what_is_not_as_the_table_is_and_nothing_else(catalogue: Catalogue) -> None:
    catalogue.publish("trust")
    assert catalogue.run() == Run(1, indexed=True, counted=True)
    made = dict(catalogue.files.files)
    assert catalogue.run() == Run(1, indexed=False, counted=False)
    assert catalogue.files.files == made
    catalogue.store.commit(Change([learner_counter(CourseId("trust")).add()]))
    assert catalogue.run() == Run(1, indexed=False, counted=True)
    catalogue.publish("trust", withdrawn=True)
    assert catalogue.run() == Run(2, indexed=True, counted=False)
    assert ids(catalogue.reader()) == []


def test_an_index_that_was_lost_is_made_again_by_command_and_after_a_day(catalogue: Catalogue) -> None:
    catalogue.publish("trust")
    catalogue.run()
    del catalogue.files.files[INDEX]
    assert not catalogue.run().indexed
    assert ids(catalogue.reader()) == ["trust"]
    assert catalogue.run(anew=True).indexed
    assert INDEX in catalogue.files.files
    del catalogue.files.files[INDEX]
    catalogue.later(MADE_ANEW)
    assert catalogue.run().indexed
    del catalogue.files.files[TALLY]
    assert catalogue.run().indexed


@pytest.mark.parametrize("dies_at", [INDEX, TALLY])
def test_a_run_that_dies_between_its_writes_is_made_good_by_the_next(
    catalogue: Catalogue, dies_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.publish("trust")
    catalogue.run()
    reader = catalogue.reader()
    assert ids(reader) == ["trust"]
    catalogue.publish("tax")
    put = catalogue.files.put

    def dying(name: str, content: bytes) -> None:
        if name == dies_at:
            raise Died
        put(name, content)

    monkeypatch.setattr(catalogue.files, "put", dying)
    with pytest.raises(Died):
        catalogue.run()
    monkeypatch.undo()
    for each in (reader, catalogue.reader()):
        assert set(ids(each)) == {"trust", "tax"}
    assert catalogue.run() == Run(2, indexed=True, counted=False)
    catalogue.later()
    catalogue.files.read.clear()
    assert set(ids(reader)) == {"trust", "tax"}
    assert catalogue.files.read == [TALLY, INDEX]


def test_an_older_index_put_over_a_newer_one_is_found_out_by_the_next_run(catalogue: Catalogue) -> None:
    catalogue.publish("trust")
    catalogue.run()
    older = dict(catalogue.files.files)
    catalogue.publish("tax")
    catalogue.run()
    # Two runs at once: the one that began earlier wrote last.
    for name in (INDEX, TALLY):
        catalogue.files.put(name, older[name].content)
    assert set(ids(catalogue.reader())) == {"trust", "tax"}
    assert catalogue.run() == Run(2, indexed=True, counted=False)


def test_what_was_published_while_the_index_was_made_is_not_missed(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.publish("trust")
    put = catalogue.files.put

    def publishing(name: str, content: bytes) -> None:
        if name == INDEX:
            catalogue.publish("tax")
            catalogue.publish("trust", withdrawn=True)
        put(name, content)

    monkeypatch.setattr(catalogue.files, "put", publishing)
    assert catalogue.run().index == 1
    assert ids(catalogue.reader()) == ["tax"]
    monkeypatch.undo()
    assert catalogue.run().index == 3


def test_files_of_another_format_are_left_alone_and_not_read(catalogue: Catalogue) -> None:
    catalogue.publish("trust")
    catalogue.run()
    content = catalogue.files.files[INDEX].content
    length = int.from_bytes(content[:4], "little")
    head = json.loads(content[4 : 4 + length])
    other = json.dumps(head | {"format": FORMAT + 1}).encode()
    with pytest.raises(UnknownFormat):
        read_index(len(other).to_bytes(4, "little") + other + content[4 + length :])
    assert all(name.endswith(f"-{FORMAT}") for name in catalogue.files.files)


def test_a_table_that_was_restored_to_an_earlier_day_is_searched_as_it_is(catalogue: Catalogue) -> None:
    catalogue.publish("trust")
    before = dict(catalogue.store.items)
    catalogue.publish("tax")
    catalogue.run()
    reader = catalogue.reader()
    assert set(ids(reader)) == {"trust", "tax"}
    catalogue.store.items = before
    assert ids(reader) == ["trust"]
    assert ids(catalogue.reader()) == ["trust"]
    assert catalogue.run() == Run(1, indexed=True, counted=False)
    assert ids(catalogue.reader()) == ["trust"]


def test_a_function_takes_each_file_once_and_again_when_it_is_another(catalogue: Catalogue) -> None:
    catalogue.publish("trust")
    catalogue.run()
    reader = catalogue.reader()
    for _ in range(3):
        ids(reader)
        catalogue.later()
    assert catalogue.files.read == [TALLY, INDEX]
    catalogue.store.commit(Change([Put(rating_key(CourseId("trust")), Rating((0, 0, 0, 0, 2)))]))
    catalogue.run()
    catalogue.files.read.clear()
    assert reader.find(SearchQuery()).hits[0].counts.rating.count == 2
    assert catalogue.files.read == [TALLY]


def test_where_no_run_was_ever_made_all_is_read_and_counted_from_the_table(catalogue: Catalogue) -> None:
    catalogue.publish("trust")
    catalogue.store.commit(Change([learner_counter(CourseId("trust")).add()]))
    reader = catalogue.reader()
    assert reader.find(SearchQuery("债券")).hits[0].counts.learners == 1
    catalogue.store.commit(Change([learner_counter(CourseId("trust")).add()]))
    catalogue.later()
    assert reader.find(SearchQuery("债券")).hits[0].counts.learners == 2


def test_what_is_counted_is_kept_whole(catalogue: Catalogue) -> None:
    for shards in (1, 10, 10):
        catalogue.store.commit(Change([learner_counter(CourseId("trust"), shards).add()]))
    catalogue.store.commit(Change([Put(rating_key(CourseId("tax")), Rating((1, 0, 0, 0, 2)))]))
    catalogue.run()
    tally = read_tally(catalogue.files.files[TALLY].content)
    assert tally.counts(CourseId("trust")).learners == 3
    assert tally.counts(CourseId("tax")).rating.histogram == (1, 0, 0, 0, 2)
    assert tally.counts(CourseId("new")).learners == 0


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(0, 4), st.booleans()),
        st.tuples(st.just("run"), st.just(0), st.booleans()),
        st.tuples(st.just("search"), st.integers(0, 2), st.booleans()),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_every_reader_finds_what_is_published_at_any_moment(steps: list[tuple[str, int, bool]]) -> None:
    catalogue, offered = Catalogue(), set[str]()
    readers = [catalogue.reader() for _ in range(3)]
    for step, number, flag in steps:
        if step == "publish":
            catalogue.publish(f"c{number}", withdrawn=flag)
            (offered.discard if flag else offered.add)(f"c{number}")
        elif step == "run":
            catalogue.run(anew=flag)
        else:
            if flag:
                catalogue.later()
            assert set(ids(readers[number])) == offered
            assert {line.course_id for line in readers[number].newest("", 50).items} == offered
    assert all(set(ids(reader)) == offered for reader in readers)


@pytest.mark.parametrize("missed", [0, REMEMBERED, REMEMBERED + 1])
def test_a_page_of_the_list_goes_on_where_the_one_before_ended(catalogue: Catalogue, missed: int) -> None:
    for number in range(7):
        catalogue.publish(f"c{number}", published_on=PUBLISHED_AT.date() - timedelta(days=number % 3))
    catalogue.run()
    for number in range(missed):
        catalogue.publish("late", title=str(number))
    reader = catalogue.reader()
    listed: list[str] = []
    after: str | None = ""
    while after is not None:
        page = reader.newest(after, 3)
        listed += [line.course_id for line in page.items]
        after = page.after
        # What is withdrawn meanwhile leaves no hole.
        catalogue.publish("c0", withdrawn=True)
    expected = ["c6", "c3", "c0", "c4", "c1", "c5", "c2"] + (["late"] if missed else [])
    assert listed == expected
    stored = catalogue.store.get(CHANGES, Changes)
    assert stored
    assert stored.value.number >= missed
