"""What the attacks are measured with: credit against real time, and stored state before and after."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from demo.cheater import Cheater
from demo.client import Answer, Client
from demo.people import learner_id_of
from tests.flows.world import Item, World, eventually, unfailing


def a_script(world: World, course_id: str, learner: Client | None = None) -> Cheater:
    """A script that has claimed a course and started it."""
    learner = learner or world.claimant()
    world.claim(learner, course_id)
    cheater = Cheater(learner, course_id)
    # The entitlement is on its way.
    eventually(lambda: cheater.start().ok)
    return cheater


def stored(world: World, cheater: Cheater) -> list[Item]:
    """Everything that playback keeps of a script: live session, watches, entitlements, signed legs."""
    learner_id = learner_id_of(cheater.client)
    items = list(world.items(world.system.table("playback")))
    watches = {str(item.body.get("watch_id")) for item in items if item.pk == f"LEARNER#{learner_id}"}
    partitions = {f"LEARNER#{learner_id}", *(f"WATCH#{watch_id}" for watch_id in watches)}
    return sorted((item for item in items if item.pk in partitions), key=lambda item: (item.pk, item.sk))


@contextmanager
def nothing_stored(world: World, cheater: Cheater) -> Iterator[None]:
    """Whatever happens inside changes nothing that is stored of this script, and fails nowhere."""
    before = stored(world, cheater)
    with unfailing(world.traffic):
        yield
    assert stored(world, cheater) == before


@contextmanager
def no_gain(cheater: Cheater) -> Iterator[None]:
    """Whatever happens inside is credited no more than the real time that it takes.

    Before and after, the script claims the whole lecture, so that nothing it may have gained stays hidden.
    """
    begun = time.monotonic()
    with unfailing(cheater.client.traffic):
        cheater.claim_all()
        before_ms = cheater.state["furthest_ms"]
        yield
        cheater.claim_all()
    gained_ms = cheater.state["furthest_ms"] - before_ms
    rate = float(cheater.state["max_rate"])
    assert gained_ms <= (time.monotonic() - begun) * 1000 * rate
    assert not cheater.state["completed"]


def refused(answers: Sequence[Answer], *codes: str) -> None:
    """Every answer is a refusal, with one of these codes where some are named."""
    assert answers
    for answer in answers:
        assert 400 <= answer.status < 500, answer
        assert answer.code, answer
        assert not codes or answer.code in codes, answer


def attack_refused(world: World, cheater: Cheater, attack: Callable[[Cheater], Sequence[Answer]], *codes: str) -> None:
    """The attack is refused, gains nothing and changes nothing."""
    with no_gain(cheater), nothing_stored(world, cheater):
        refused(attack(cheater), *codes)
