"""Rotations, killed between any two steps: what is in flight stays valid at every moment, and the same command ends it.

What a function does, it may do with any value of a secret that was current within the time that it keeps one; what the
edge does, with anything that was deployed within the time that a change takes to be everywhere.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import pytest

from infra.stages import Stage, stage
from ops import media_key
from ops.aws import OpsError
from ops.edge import edge_parameters, note_edge
from ops.media_key import parameter
from ops.rotation.keyring import ServiceKeyRing
from ops.rotation.media import MediaKey
from ops.rotation.origin import OriginHeader
from ops.rotation.signing import SigningKey
from ops.rotation.steps import Pace, Rotation, Subject, advance
from services.kit.secrets import MAX_AGE_SECONDS
from services.playback.app.media.grant_media import VALIDITY
from tests.fakes.stage import FakeStage, Interrupted

WHERE: Stage = stage("staging")
BEGUN = datetime(2026, 11, 30, 10, tzinfo=UTC)
KEPT, EVERYWHERE = timedelta(seconds=MAX_AGE_SECONDS), Pace().edge
ORIGIN, MEDIA, RING = (f"{WHERE.prefix}-{name}" for name in ("origin", "media-key", "playback-keyring"))
EDGE, PLAYBACK = WHERE.stack("Edge"), WHERE.stack("Playback")
SECOND = timedelta(seconds=1)
make_key, public_half = media_key.new_key, cache(media_key.public_half)


@cache
def key(number: int) -> str:
    """A private key; making one takes a moment."""
    return make_key()


@pytest.fixture(autouse=True)
def keys_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count(2)
    monkeypatch.setattr("ops.media_key.new_key", lambda: key(next(numbers)))
    monkeypatch.setattr("ops.media_key.public_half", public_half)


class World:
    """A stage with one of everything, its clock, and whoever rotates."""

    def __init__(self) -> None:
        self.now = BEGUN
        self.stage = FakeStage(
            lambda: self.now,
            {
                ORIGIN: [(BEGUN - timedelta(days=1), "v0", {"current": "a"})],
                MEDIA: [(BEGUN - timedelta(days=1), "v0", {"key_pair_id": "K-1", "private_key": key(1)})],
                RING: [(BEGUN - timedelta(days=1), "v0", {"current": "k1", "k1": "x"})],
            },
            {
                EDGE: [
                    (
                        BEGUN - timedelta(days=1),
                        {
                            "FirewallArn": "f",
                            "OriginVersion": "v0",
                            parameter(""): public_half(key(1)),
                            parameter("2"): "",
                        },
                    )
                ],
                PLAYBACK: [(BEGUN - timedelta(days=1), {"EvidenceKeys": "1", "EvidenceKeySigns": "0"})],
            },
            edge_outputs,
        )
        self.subject = Subject(self.stage, WHERE, Pace())

    def ends(self, rotation: Rotation) -> None:
        """What the command does, with a clock that is put forward where it would wait."""
        if not rotation.under_way:
            rotation.begin()
        self.goes_on(rotation)

    def goes_on(self, rotation: Rotation) -> None:
        """The same, with what is under way only."""
        while ready_at := advance(rotation, self.now).ready_at:
            self.now = ready_at

    def secret(self, name: str, since: datetime, until: datetime) -> list[dict[str, str]]:
        """All values of a secret that were current between these moments."""
        return list(within([(at, members) for at, _version, members in self.stage.secrets[name]], since, until))

    def told(self, name: str, since: datetime, until: datetime) -> list[dict[str, str]]:
        """All parameters of a stack between these moments."""
        return list(within(self.stage.stacks[name], since, until))

    def moments(self, *names: str) -> list[datetime]:
        """Just after each change, and then again and again while what was before it may still be about."""
        history = [at for name in names for at, *_rest in (self.stage.secrets | self.stage.stacks)[name]]
        laters = (0, 1, 150, 299, 301, 500, 599, 601, 700, 1300)
        return sorted({at + timedelta(seconds=later) for at in history for later in laters})


def within(history: list[Any], since: datetime, until: datetime) -> Iterator[Any]:
    for position, (at, value) in enumerate(history):
        ends = history[position + 1][0] if position + 1 < len(history) else until + SECOND
        if at <= until and ends > since:
            yield value


def edge_outputs(name: str, told: dict[str, str]) -> dict[str, str]:
    """The id of each key that has a place: the same for the same key."""
    if name != EDGE:
        return {}
    placed = {place: told.get(parameter(place)) for place in media_key.PLACES}
    return {f"MediaKeyPairId{place}": id_of(public) for place, public in placed.items() if public}


def id_of(public: str) -> str:
    return "K-1" if public.strip() == public_half(key(1)).strip() else f"K-{hash(public.strip())}"


def origin_holds(world: World) -> None:
    """Whatever any place of the edge sends, every function accepts."""
    values = {version: members for _at, version, members in world.stage.secrets[ORIGIN]}
    for at in world.moments(ORIGIN, EDGE):
        accepted = [set(m.values()) for m in world.secret(ORIGIN, at - KEPT, at)]
        for told in world.told(EDGE, at - EVERYWHERE, at):
            sent = values[told["OriginVersion"]]["current"]
            assert all(sent in known for known in accepted), f"{at}: {sent} is refused by some"


def media_holds(world: World) -> None:
    """Whatever cookie is not over yet, every place of the edge trusts its key."""
    for at in world.moments(MEDIA, EDGE):
        signed = {m["key_pair_id"] for m in world.secret(MEDIA, at - KEPT - VALIDITY, at)}
        for told in world.told(EDGE, at - EVERYWHERE, at):
            trusted = set(edge_outputs(EDGE, told).values())
            assert signed <= trusted, f"{at}: cookies of {signed - trusted} open nothing in some places"


def ring_holds(world: World) -> None:
    """Whatever one function signs, every other one knows the key; and none is ever forgotten."""
    seen: set[str] = set()
    for at in world.moments(RING):
        rings = world.secret(RING, at - KEPT, at)
        seen |= {ring["current"] for ring in rings}
        assert all(seen <= set(ring) for ring in rings), f"{at}: {seen} were used, some know {rings}"


def evidence_holds(world: World) -> None:
    """What signs was published, to those too who keep the list of keys for five minutes; and none is taken back."""
    for at in world.moments(PLAYBACK):
        lists = [int(told["EvidenceKeys"]) for told in world.told(PLAYBACK, at - KEPT, at)]
        signs = [int(told["EvidenceKeySigns"]) for told in world.told(PLAYBACK, at, at)]
        assert max(signs) < min(lists), f"{at}: signed with a key that some do not know"


Holds = Callable[[World], None]
ROTATIONS: dict[str, tuple[Callable[[Subject], Rotation], Holds]] = {
    "origin": (OriginHeader, origin_holds),
    "media": (MediaKey, media_holds),
    "keyring": (lambda subject: ServiceKeyRing(subject, "playback"), ring_holds),
    "evidence": (lambda subject: SigningKey(subject, "Playback", "EvidenceKey"), evidence_holds),
}
RETURNING = {OriginHeader, MediaKey}
"""Where the new one is forgotten once the old one is back. Others keep it, and the next rotation takes it up."""
every_rotation = pytest.mark.parametrize(("make", "holds"), ROTATIONS.values(), ids=ROTATIONS)


@every_rotation
def test_nothing_in_flight_is_refused_and_the_new_one_is_used_in_the_end(
    make: Callable[[Subject], Rotation], holds: Holds
) -> None:
    world = World()
    rotation = make(world.subject)
    for _ in range(3):
        used = in_use(world)
        world.ends(rotation)
        assert in_use(world) != used
        assert not rotation.under_way
        holds(world)


@every_rotation
def test_killed_between_any_two_steps_the_same_command_ends_it(
    make: Callable[[Subject], Rotation], holds: Holds
) -> None:
    for changes in count(1):
        world = World()
        used = in_use(world)
        world.stage.changes_left = changes
        try:
            world.ends(make(world.subject))
        except Interrupted:
            world.stage.changes_left = 1_000
            world.now += SECOND
            world.ends(make(world.subject))
            assert in_use(world) != used
            assert not make(world.subject).under_way
            holds(world)
        else:
            assert changes > 1
            return


@every_rotation
def test_it_may_be_taken_back_at_any_step(make: Callable[[Subject], Rotation], holds: Holds) -> None:
    taken_back = 0
    for steps in range(5):
        world = World()
        rotation = make(world.subject)
        used = in_use(world)
        rotation.begin()
        for _ in range(steps):
            world.now = max(world.now, rotation.next().ready_at or world.now) + SECOND
            if rotation.under_way:
                rotation.go_on()
        try:
            rotation.go_back()
        except OpsError:
            # What signs nothing yet is left where it is; what is forgotten, nobody gets back.
            assert in_use(world) == used or not rotation.under_way
            continue
        taken_back += 1
        if make in RETURNING:
            world.goes_on(rotation)
        assert in_use(world) == used
        holds(world)
    assert taken_back > 1


@every_rotation
def test_a_deployment_at_any_step_undoes_nothing(make: Callable[[Subject], Rotation], holds: Holds) -> None:
    world = World()
    rotation = make(world.subject)
    rotation.begin()
    deploy(world)
    while ready_at := rotation.next().ready_at:
        world.now = max(world.now, ready_at)
        rotation.go_on()
        deploy(world)
    holds(world)
    before = world.stage.stacks[EDGE][-1]
    deploy(world)
    assert world.stage.stacks[EDGE][-1] is before, "a deployment after it changes the distribution again"


def deploy(world: World) -> None:
    """As `ops.deploy` deploys the edge: what is told anew, over what was told before."""
    _at, before = world.stage.stacks[EDGE][-1]
    told = {**before, **edge_parameters(world.stage, WHERE, "f")}
    if told != before:
        world.stage.stacks[EDGE].append((world.now, told))
    note_edge(world.stage, WHERE)


def in_use(world: World) -> tuple[str, ...]:
    """What signs or is sent now."""
    versions = {version: members for _at, version, members in world.stage.secrets[ORIGIN]}
    sent = versions[world.stage.stacks[EDGE][-1][1]["OriginVersion"]]["current"]
    media, ring = world.stage.secrets[MEDIA][-1][2], world.stage.secrets[RING][-1][2]
    return sent, media["key_pair_id"], ring["current"], world.stage.stacks[PLAYBACK][-1][1]["EvidenceKeySigns"]


def test_two_operators_at_once_do_not_write_over_each_other() -> None:
    world = World()
    one = world.subject.read(ORIGIN)
    OriginHeader(world.subject).begin()
    with pytest.raises(OpsError, match="somebody else"):
        world.subject.replace(one, {"current": "a", "next": "c"})
    assert world.stage.secrets[ORIGIN][-1][2]["next"] != "c"


def test_a_stage_of_an_older_release_is_told_to_deploy_first() -> None:
    world = World()
    world.stage.stacks[EDGE] = [(BEGUN, {"FirewallArn": "f"})]
    with pytest.raises(OpsError, match="deploy this one first"):
        OriginHeader(world.subject).next()
