"""Lists: no next page is announced that would be empty, and nothing is left out or told twice."""

from collections.abc import Callable, Iterator

import pytest

from services.kit.store import Key, Page, Store, Stored
from services.kit.store.pages import cut_page, every, merged, page_of
from tests.unit.kit.test_store import Thing, put


def names(page: Page[Thing]) -> list[str]:
    """Of a page."""
    return [thing.text for thing in page.items]


def values(page: Page[Stored[Thing]]) -> Page[Thing]:
    """What the items of a page hold."""
    return page.map(lambda stored: stored.value)


def walk(read: Callable[[str | None], Page[Thing]]) -> list[list[str]]:
    """All pages."""
    page = read(None)
    found = [names(page)]
    while page.after is not None:
        page = read(page.after)
        found.append(names(page))
    return found


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (2, [["1", "2"], ["3", "4"]]),
        (3, [["1", "2", "3"], ["4"]]),
        (4, [["1", "2", "3", "4"]]),
        (9, [["1", "2", "3", "4"]]),
    ],
)
def test_the_last_page_announces_no_other(store: Store, limit: int, expected: list[list[str]]) -> None:
    for number in "1234":
        put(store, Key("P", f"x#{number}"), number)
    put(store, Key("P", "y"), "other")
    assert walk(lambda after: values(store.page("P", "x#", Thing, after, limit))) == expected
    assert store.page("P", "none#", Thing, None, limit) == Page([], None)


def test_a_page_of_other_values_goes_on_at_the_same_place(store: Store) -> None:
    put(store, Key("P", "1"), "1")
    put(store, Key("P", "2"), "2")
    page = store.page("P", "", Thing, None, 1).map(lambda stored: stored.value.text)
    assert page == Page(["1"], "1")


def test_everything_of_a_partition_is_read_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.kit.store.pages.READ", 2)
    for number in range(5):
        put(store, Key("P", f"x#{number}"), f"{number}")
    put(store, Key("P", "y"), "other")
    assert [stored.value.text for stored in every(store, "P", "x#", Thing)] == ["0", "1", "2", "3", "4"]
    assert list(every(store, "P", "z", Thing)) == []


@pytest.mark.parametrize("fewest", [1, 2, 20])
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 9])
def test_a_list_over_partitions_shows_what_is_to_be_shown_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, fewest: int, limit: int
) -> None:
    monkeypatch.setattr("services.kit.store.pages.FEWEST_READ", fewest)
    days = {"1": "ab-c", "2": "", "3": "--", "4": "d-ef-"}
    for day, texts in days.items():
        for place, text in enumerate(texts):
            put(store, Key(f"DAY#{day}", f"{day}{place}"), text)

    def read(after: str | None) -> Page[Thing]:
        days_left = [day for day in days if day >= (after or "")[:1]]
        partitions = ((f"DAY#{day}", "") for day in days_left)
        return page_of(store, partitions, Thing, after, limit, lambda thing: thing.text != "-")

    pages = walk(read)
    assert [name for page in pages for name in page] == list("abcdef")
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


def test_a_list_reads_no_partition_beyond_what_it_shows(store: Store) -> None:
    for number in range(3):
        put(store, Key("DAY#1", f"1{number}"), f"{number}")
    asked: list[str] = []

    def days() -> Iterator[tuple[str, str]]:
        for day in ("DAY#1", "DAY#2"):
            asked.append(day)
            yield day, ""

    assert names(page_of(store, days(), Thing, None, 2)) == ["0", "1"]
    assert asked == ["DAY#1"]


PARTS = ["DAY#0", "DAY#1", "DAY#2"]
NUMBERS = [f"{number:02d}" for number in range(20)]


@pytest.fixture
def in_parts(store: Store) -> Store:
    """Twenty things of one order, in two of three partitions."""
    for place, number in enumerate(NUMBERS):
        put(store, Key(PARTS[place % 3 % 2], number), number)
    return store


@pytest.mark.parametrize("size", [1, 3, 50])
def test_partitions_side_by_side_are_one_list(in_parts: Store, size: int) -> None:
    assert [stored.value.text for stored in merged(in_parts, PARTS, "", Thing, size=size)] == NUMBERS
    assert [stored.value.text for stored in merged(in_parts, PARTS, "", Thing, "07", size)] == NUMBERS[8:]


@pytest.mark.parametrize("limit", [1, 7, 10, 19, 20, 21])
def test_pages_of_partitions_side_by_side_follow_each_other(in_parts: Store, limit: int) -> None:
    pages = walk(lambda after: values(cut_page(merged(in_parts, PARTS, "", Thing, after, limit + 1), limit)))
    assert [name for page in pages for name in page] == NUMBERS
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]
