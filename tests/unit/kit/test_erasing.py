"""The check of erasures finds what an erasure forgets, and what nobody wrote."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from services.kit.kinds import REMOVED, Emptied, Kept, kind_of, stored
from services.kit.store import Change, Key, Put, Remove
from tests.erasing import check_erasure
from tests.fakes.store import MemoryStore

SECRET = "王小明"


@dataclass(frozen=True)
class Address:
    """Part of the one below."""

    street: str = ""


@stored(shape=1, personal=(Emptied("words", "address"), Kept("note", because="law", until="2030")))
class Letter:
    """With text in a list, and members in a member."""

    words: tuple[str, ...]
    address: Address
    note: str = SECRET
    other: str = ""


@stored(shape=1, personal=REMOVED)
class Envelope:
    """Goes."""

    text: str = SECRET


LETTER, ENVELOPE = Key("letter", "1"), Key("envelope", "1")
WRITTEN, EMPTY = Letter(("I am", SECRET), Address(SECRET)), Letter((), Address())


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    known = {cls: kind_of(cls) for cls in (Letter, Envelope)}
    monkeypatch.setattr("tests.erasing.kinds", lambda package: known if package == "letters" else {})
    store = MemoryStore()
    store.commit(Change([Put(LETTER, WRITTEN), Put(ENVELOPE, Envelope())]))
    return store


def check(store: MemoryStore, left: Letter = EMPTY, *, removes: bool = True, bare: bool = True) -> None:
    """Checks an erasure that leaves this of the letter."""

    def erase() -> None:
        letter = store.get(LETTER, Letter)
        assert letter
        put = letter.put_bare(left) if bare else letter.put(left)
        store.commit(Change([put, *([Remove(ENVELOPE, 1)] if removes else [])]))

    check_erasure("letters", store, SECRET, erase)


def test_an_erasure_that_does_what_is_said_passes(store: MemoryStore) -> None:
    check(store)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda store: check(store, replace(EMPTY, words=(SECRET,))), "leaves {'words'} of Letter"),
        (lambda store: check(store, replace(EMPTY, address=Address(SECRET))), "leaves {'address'} of Letter"),
        (lambda store: check(store, bare=False), "leaves {'later'} of Letter"),
        (lambda store: check(store, removes=False), "leaves {'text', 'later'} of Envelope|leaves {'later', 'text'} of"),
    ],
)
def test_what_an_erasure_leaves_is_told(store: MemoryStore, wrong: Callable[[MemoryStore], None], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        wrong(store)


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (replace(WRITTEN, words=()), "nobody left the secret in Letter: {'words'}"),
        (replace(WRITTEN, address=Address()), "nobody left the secret in Letter: {'address'}"),
        (replace(WRITTEN, other=SECRET), "Letter says nothing of {'other'}"),
        (None, "nobody left the secret in Envelope"),
    ],
)
def test_what_nobody_wrote_or_said_is_told(store: MemoryStore, before: Letter | None, told: str) -> None:
    store.commit(Change([Put(LETTER, before, 1) if before else Remove(ENVELOPE, 1)]))
    with pytest.raises(AssertionError, match=told):
        check(store)
