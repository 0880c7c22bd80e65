"""Answers under idempotency keys, on both stores."""

from dataclasses import replace

import pytest

from services.kit.idempotency import Request, answer_once
from services.kit.problems import NOT_FOUND, Problem
from services.kit.store import Change, Conflict, Key, Put, Store
from tests.fakes.clock import ManualClock
from tests.unit.kit.conftest import Subject, envelope
from tests.unit.kit.test_store import Thing

REQUEST = Request("learner-1", "key-1", "make", {"name": "学时", "count": 1})
KEY = Key("P", "a")


def make(store: Store, clock: ManualClock, request: Request, text: str = "made") -> Thing:
    """Makes the thing; it can be made once."""

    def plan() -> tuple[Change, Thing]:
        if store.get(KEY, Thing):
            raise NOT_FOUND.problem()
        return Change([Put(KEY, Thing(text))], [envelope()]), Thing(text)

    return answer_once(store, clock, request, Thing, plan)


def test_the_same_request_gets_the_same_answer(subject: Subject, clock: ManualClock) -> None:
    first = make(subject.store, clock, REQUEST)
    assert make(subject.store, clock, REQUEST, "made again") == first
    assert len(subject.outbox()) == 1


def test_the_order_of_members_does_not_matter(store: Store, clock: ManualClock) -> None:
    first = make(store, clock, REQUEST)
    turned = replace(REQUEST, content=dict(reversed(REQUEST.content.items())))
    assert make(store, clock, turned) == first


@pytest.mark.parametrize("change", [{"action": "break"}, {"content": {"name": "学时", "count": 2}}, {"content": {}}])
def test_another_request_under_the_key_is_refused(store: Store, clock: ManualClock, change: dict[str, object]) -> None:
    make(store, clock, REQUEST)
    with pytest.raises(Problem) as problem:
        make(store, clock, replace(REQUEST, **change))  # type: ignore[arg-type]
    assert problem.value.type.code == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize("change", [{"caller_id": "learner-2"}, {"key": "key-2"}])
def test_other_callers_and_other_keys_act_anew(store: Store, clock: ManualClock, change: dict[str, str]) -> None:
    make(store, clock, REQUEST)
    with pytest.raises(Problem) as problem:
        make(store, clock, replace(REQUEST, **change))  # type: ignore[arg-type]
    assert problem.value.type is NOT_FOUND


def test_a_refusal_is_not_kept(store: Store, clock: ManualClock) -> None:
    store.commit(Change([Put(KEY, Thing("in the way"))]))
    with pytest.raises(Problem):
        make(store, clock, REQUEST)
    assert store.query("CALLER#learner-1", "", Thing) == []


def test_sent_twice_at_once_the_later_one_gets_the_first_ones_answer_not_a_refusal_of_it(
    store: Store, clock: ManualClock
) -> None:
    """The second send found no answer; before it decided, the first one made what is to be made once."""

    def plan() -> tuple[Change, Thing]:
        make(store, clock, REQUEST, "by the first")
        if store.get(KEY, Thing):
            raise NOT_FOUND.problem()
        return Change([Put(KEY, Thing("by the second"))]), Thing("by the second")

    assert answer_once(store, clock, REQUEST, Thing, plan) == Thing("by the first")


@pytest.mark.parametrize("refusal", [NOT_FOUND.problem(), Conflict("others kept writing")])
def test_a_refusal_that_is_not_of_the_same_request_stays_one(
    store: Store, clock: ManualClock, refusal: Exception
) -> None:
    def plan() -> tuple[Change, Thing]:
        raise refusal

    with pytest.raises(type(refusal)) as raised:
        answer_once(store, clock, REQUEST, Thing, plan)
    assert raised.value is refusal


def test_who_loses_to_others_until_the_end_still_gets_the_answer_that_is_there(
    store: Store, clock: ManualClock
) -> None:
    """Four times another writer is faster; the fifth time it is the same request itself."""
    tries = 0

    def plan() -> tuple[Change, Thing]:
        nonlocal tries
        tries += 1
        if tries < 5:
            raise Conflict("another writer")
        make(store, clock, REQUEST, "by the other send")
        return Change([Put(KEY, Thing("by this one"))]), Thing("by this one")

    assert answer_once(store, clock, REQUEST, Thing, plan) == Thing("by the other send")
