"""Whether the lecture could have been seen, and whether an account is shared: figures for a reviewer, no refusal."""

from datetime import timedelta
from typing import Any

import pytest

from services.kit.events import Envelope
from services.kit.signing import ES256
from services.kit.store import Conflict
from services.playback.app.evidence.archive_watch import archive_watch
from services.playback.app.media.grant_media import grant_media
from services.playback.app.risk.assess_watch import assess_watch
from services.playback.app.risk.items import AccountPlaces, account_places_key
from services.playback.app.risk.note_places import RETENTION, note_places
from services.playback.domain.ids import LearnerId
from services.playback.handlers.http import build_api
from tests.fakes.archive import MemoryArchive
from tests.fakes.signing import MemorySigner
from tests.gateway import claims, origin_secret, request, send
from tests.unit.playback.player import confirm, play
from tests.unit.playback.test_media import Named
from tests.unit.playback.world import LEARNER, LONG, NOON_IN_SHANGHAI, World, a_world, by

DAYS_TO_DECEMBER = 335
"""From the world's noon to 6 December 2026, under the edition that looks."""
DEVICE = "device-of-sixteen-and-more"


@pytest.fixture
def world() -> World:
    world = a_world()
    world.clock.advance(DAYS_TO_DECEMBER * 86_400_000)
    return world


def signals(world: World, completed: Envelope) -> dict[str, int]:
    """What is noticed after a completion, and the figures."""
    packs, told = MemoryArchive(), len(world.store.outbox)
    archive_watch(world.archive_context(MemorySigner(ES256), packs), completed)
    assess_watch(world.risk_context(packs), completed)
    return {s["kind"]: s["measured"] for event in world.store.outbox[told:] for s in event.data["signals"]}


def complete(world: World, opens_every_ms: int | None, minutes: int = 25) -> Envelope:
    """A watch like a person's, whose player opens the files so often; its completion."""
    world.publish(LONG, version="long", sequence=5, duration_ms=minutes * 60_000)
    state, opened_at, number = world.start(take_over=True), None, 0
    while state.live.completed_at is None:
        number += 1
        now = state.live.refilled_at
        if opens_every_ms is not None and (opened_at is None or now - opened_at >= opens_every_ms):
            grant_media(world.media_context(Named()), by(LEARNER), state.token)
            opened_at = now
        after_ms = 1_000 + number * 137 % 2_500
        state = confirm(world, state, after_ms) if state.prompt else play(world, state, 10_000)
    return next(e for e in reversed(world.store.outbox) if e.type == "playback.watch_completed.v1")


def test_a_script_that_never_fetches_the_lecture_is_noticed(world: World) -> None:
    assert signals(world, complete(world, None)) == {"media_not_opened": 0}


def test_a_player_that_renews_its_files_is_not(world: World) -> None:
    assert signals(world, complete(world, 240_000)) == {}


@pytest.mark.parametrize(("every_ms", "noticed"), [(300_000, False), (330_000, False), (600_000, True)])
def test_it_is_the_time_that_the_files_were_open_that_counts(world: World, every_ms: int, noticed: bool) -> None:
    assert ("media_not_opened" in signals(world, complete(world, every_ms))) == noticed


def test_opening_the_files_a_hundred_times_at_once_opens_them_no_longer(world: World) -> None:
    world.publish(LONG, version="long", sequence=5, duration_ms=25 * 60_000)
    state = world.start()
    for _ in range(100):
        grant_media(world.media_context(Named()), by(LEARNER), state.token)
    assert signals(world, complete(world, None))["media_not_opened"] == 200


def test_a_watch_that_began_under_the_release_before_is_not_judged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.playback.app.watching.legs.pins_of", lambda _live, _entitlement: None)
    assert signals(world, complete(world, None)) == {}


def learner(number: int) -> LearnerId:
    """One of many."""
    return LearnerId(f"learner-{number:04}")


@pytest.mark.parametrize(("accounts", "noticed"), [(3, False), (4, True)])
def test_many_accounts_on_one_device_are_a_figure(world: World, accounts: int, noticed: bool) -> None:
    for number in range(accounts - 1):
        note_places(world.context, learner(number), DEVICE, f"10.0.0.{number}")
    note_places(world.context, LEARNER, DEVICE, "10.0.1.1")
    assert signals(world, complete(world, 240_000)) == ({"accounts_on_device": accounts} if noticed else {})


@pytest.mark.parametrize(("accounts", "noticed"), [(29, False), (30, True)])
def test_an_office_shares_an_address(world: World, accounts: int, noticed: bool) -> None:
    for number in range(accounts - 1):
        note_places(world.context, learner(number), f"{DEVICE}-{number}", "2001:db8::1")
    note_places(world.context, LEARNER, DEVICE, "2001:db8::ffff")
    assert signals(world, complete(world, 240_000)) == ({"accounts_on_address": accounts} if noticed else {})


def test_one_account_on_many_devices_is_a_figure(world: World) -> None:
    for number in range(10):
        note_places(world.context, LEARNER, f"{DEVICE}-{number}", None)
    assert signals(world, complete(world, 240_000)) == {"devices_of_account": 10}


def test_what_was_a_month_ago_no_longer_counts(world: World) -> None:
    for number in range(10):
        note_places(world.context, LEARNER, f"{DEVICE}-{number}", None)
    world.clock.advance(31 * 86_400_000)
    assert signals(world, complete(world, 240_000)) == {}


def begin(world: World, **body: Any) -> int:
    """A start over HTTP, from an address behind the distribution."""
    event = request(
        "POST",
        "/v1/playback/sessions",
        {"course_id": LONG, "take_over": True, **body},
        who=claims(LEARNER, "learner"),
        idempotency_key=world.ids.new(),
        x_forwarded_for="6.6.6.6, 192.0.2.7, 130.176.1.1",
    )
    return send(build_api(world.context, origin_secret), event).status


def test_a_start_notes_hashes_that_expire_and_neither_the_device_nor_the_address(world: World) -> None:
    assert begin(world, device=DEVICE) == 201
    stored = world.store.get(account_places_key(LEARNER), AccountPlaces)
    assert stored
    assert [place.kind for place in stored.value.places] == ["device", "address"]
    text = str(world.store.items) + str(world.store.labels)
    assert DEVICE not in text
    assert "192.0.2.7" not in text
    noted = [label for label in world.store.labels.values() if label.kind in {"AccountPlaces", "PlaceUse"}]
    expected = NOON_IN_SHANGHAI + timedelta(days=DAYS_TO_DECEMBER) + RETENTION
    assert [label.expires_at for label in noted] == [int(expected.timestamp())] * 3


def test_a_second_start_of_a_day_writes_nothing_more_about_places(world: World) -> None:
    begin(world, device=DEVICE)
    version = world.store.items[account_places_key(LEARNER)][0]
    begin(world, device=DEVICE)
    assert world.store.items[account_places_key(LEARNER)][0] == version


def test_what_cannot_be_noted_refuses_nothing(world: World) -> None:
    commit = world.store.commit

    def full(change: Any) -> None:
        if any(write.key.sk == "PLACES" for write in change.writes):
            raise Conflict
        commit(change)

    world.store.commit = full  # type: ignore[method-assign]
    assert begin(world, device=DEVICE) == 201


@pytest.mark.parametrize("device", ["short", "x" * 65, "with spaces in it......", 7, "学时" * 8])
def test_a_device_is_a_random_name(world: World, device: object) -> None:
    assert begin(world, device=device) == 400
