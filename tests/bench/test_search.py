"""How long a search takes, how much the index holds, by the number of courses. Times are only shown (-s)."""

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from services.catalog.domain.search import Candidate, Counts, SearchQuery, candidate, newest_first, select
from services.kit.store.codec import decode, encode
from tests.unit.catalog.test_search import BASE

WORDS = [chr(0x4E00 + number) + chr(0x5200 + 7 * number) for number in range(1_500)]
ABSTRACT_WORDS = 150
"""300 characters, as the demo's abstracts have."""
SAMPLE = 500
QUESTIONS = {
    "nothing, the newest": SearchQuery(),
    "one word": SearchQuery(WORDS[700]),
    "a phrase of six characters": SearchQuery("".join(WORDS[700:703])),
    "a filter": SearchQuery(credential="CTP"),
    "30 characters, the longest": SearchQuery("".join(WORDS[600:615])),
}


def lines(count: int) -> list[Listing]:
    """Courses of random words; the same ones every time."""
    random = Random(7)  # noqa: S311 (no secret)
    return [
        replace(
            BASE,
            course_id=CourseId(f"course-{number}"),
            title="".join(random.choices(WORDS, k=10)),
            keywords=tuple(random.choices(WORDS, k=10)),
            abstract="".join(random.choices(WORDS, k=ABSTRACT_WORDS)),
            hours=Decimal(random.randint(1, 40)) / 10,
            published_on=date(2020, 1, 1) + timedelta(days=random.randint(0, 2_000)),
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [1_000, 10_000])
def test_size_and_time_by_courses(count: int) -> None:
    made = lines(count)
    stored = [encode(line) for line in made[:SAMPLE]]
    started = time.perf_counter()
    for text in stored:
        decode(text, Listing)
    decoded = (time.perf_counter() - started) / SAMPLE * count
    started = time.perf_counter()
    index = newest_first(map(candidate, made))
    built = time.perf_counter() - started
    megabytes = sum(len(text.encode()) for text in stored) / SAMPLE * count / 1024**2
    held = sum(sys.getsizeof(text) for found in index for text in (found.whole, *(t for _, t in found.fields)))
    show(f"{count} courses: {megabytes:.1f} MB stored, texts of {held / 1024**2:.0f} MB held")
    show(f"  decoded in {decoded:.2f} s, prepared in {built:.2f} s, without DynamoDB's {megabytes:.0f} pages")
    for name, wanted in QUESTIONS.items():
        show(f"  {name:<27} {1_000 * _shortest(index, wanted):.1f} ms")
    assert select(index, SearchQuery(), lambda _: Counts()).total == count


def _shortest(index: Sequence[Candidate], wanted: SearchQuery) -> float:
    """Of three, so that what else the machine does counts little."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        select(index, wanted, lambda _: Counts())
        times.append(time.perf_counter() - started)
    return min(times)


def show(line: str) -> None:
    """Shown with -s."""
    sys.stdout.write(f"\n{line}")
