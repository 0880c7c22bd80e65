"""Many courses, the same ones every time, and what is asked of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from tests.unit.catalog.test_search import BASE

WORDS = [chr(0x4E00 + number) + chr(0x5200 + 7 * number) for number in range(1_500)]
ABSTRACT_WORDS = 150
"""300 characters, as the demo's abstracts have."""

TEXTS = {
    "one word": WORDS[700],
    "a phrase of six characters": "".join(WORDS[700:703]),
    "30 characters, which nothing has": "".join(WORDS[600:615]),
}


def lines(count: int) -> Iterator[Listing]:
    """Courses of random words: far more pairs of characters than real texts have, which is hard on an index."""
    random = Random(7)  # noqa: S311 (no secret)

    def some(words: int) -> list[str]:
        return random.choices(WORDS, k=words)

    for number in range(count):
        yield replace(
            BASE,
            course_id=CourseId(f"course-{number}"),
            title="".join(some(10)),
            keywords=tuple(dict.fromkeys(some(10))),
            abstract="".join(some(ABSTRACT_WORDS)),
            hours=Decimal(random.randint(1, 40)) / 10,
            published_on=date(2020, 1, 1) + timedelta(days=random.randint(0, 2_000)),
        )


def texts(made: Sequence[Listing]) -> dict[str, str]:
    """What is asked of them."""
    return TEXTS | {"30 characters of a course": (made[5].title + "".join(WORDS[:5]))[:30]}
