"""What everybody may read of reviews."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.catalog.app.items import rating_key, review_key
from services.catalog.domain.review import UNRATED, Rating, Review
from services.kit.store import Store, Stored

T = TypeVar("T")

FEWEST_READ = 20
"""Items read at a time, so that a page of few does not ask often where much is not shown."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Part of a list; `after` begins the next one, and is empty on the last."""

    entries: tuple[T, ...]
    after: str


def visible_page(store: Store, pk: str, kind: type[T], visible: Callable[[T], bool], after: str, limit: int) -> Page[T]:
    """The next entries of a partition that are to be shown, at most `limit`."""
    shown: list[Stored[T]] = []
    while True:
        found = store.page(pk, "", kind, after, max(limit, FEWEST_READ))
        shown += [stored for stored in found.items if visible(stored.value)]
        if len(shown) > limit:
            return Page(tuple(stored.value for stored in shown[:limit]), shown[limit - 1].key.sk)
        if found.after is None:
            return Page(tuple(stored.value for stored in shown), "")
        after = found.after


def read_reviews(store: Store, course_id: str, after: str, limit: int) -> Page[Review]:
    """A course's reviews that everybody may read, the newest first."""
    return visible_page(store, review_key(course_id, "").pk, Review, lambda review: review.listed, after, limit)


def rating_of(store: Store, course_id: str) -> Rating:
    """What the course's reviews give it."""
    stored = store.get(rating_key(course_id), Rating)
    return stored.value if stored else UNRATED
