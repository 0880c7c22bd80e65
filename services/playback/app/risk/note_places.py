"""Where accounts are used: which devices and addresses, as keyed hashes, for as long as a reviewer may want them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from services.kit.clock import from_ms
from services.kit.store import Change, Conflict, Key, Put, Store, Stored, Throttled
from services.playback.app.context import Context
from services.playback.app.risk.items import (
    AccountPlaces,
    Place,
    PlaceUse,
    account_places_key,
    place_partition,
    place_use_key,
)
from services.playback.domain.ids import LearnerId
from services.playback.domain.risk import PlaceKind
from services.playback.domain.watch import day_of

PLACE_PURPOSE = "place"
"""What the key is used for."""

RETENTION = timedelta(days=60)
"""Twice as far as signals look back."""

MOST_PLACES = 60
DIGEST_BYTES = 16


def note_places(ctx: Context, learner_id: LearnerId, device: str | None, address: str | None) -> None:
    """Notes where a session has begun, once a day and place. It refuses nothing: what cannot be noted now is not."""
    now = ctx.time_of_call(None)
    found = [(PlaceKind.DEVICE, device), (PlaceKind.ADDRESS, _network(address))]
    here = [Place(kind, _digest(ctx, kind, text), day_of(now)) for kind, text in found if text]
    if not here:
        return
    key = account_places_key(learner_id)
    known = ctx.store.get(key, AccountPlaces)
    fresh = [place for place in here if known is None or place not in known.value.places]
    if not fresh:
        return
    expires_at = int((from_ms(now) + RETENTION).timestamp())
    uses = [_use(ctx.store, place, learner_id, expires_at) for place in fresh]
    try:
        ctx.store.commit(Change([_noted(key, known, fresh, expires_at), *uses]))
    except (Conflict, Throttled):
        return


def used_at(store: Store, learner_id: LearnerId, since: str) -> dict[PlaceKind, list[int]]:
    """How many accounts are used at each place where this one is, since a day; by kind of place."""
    stored = store.get(account_places_key(learner_id), AccountPlaces)
    found: dict[PlaceKind, list[int]] = {kind: [] for kind in PlaceKind}
    for place in stored.value.places if stored else ():
        if place.day >= since:
            uses = store.query(place_partition(place), "", PlaceUse)
            found[place.kind].append(sum(use.value.day >= since for use in uses))
    return found


def since(day: str, days: int) -> str:
    """The day so many days before (ISO)."""
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def _use(store: Store, place: Place, learner_id: LearnerId, expires_at: int) -> Put:
    key, use = place_use_key(place, learner_id), PlaceUse(place.day)
    known = store.get(key, PlaceUse)
    return known.put(replace(known.value, day=place.day), expires_at) if known else Put(key, use, expires_at=expires_at)


def _noted(key: Key, known: Stored[AccountPlaces] | None, fresh: Sequence[Place], expires_at: int) -> Put:
    if known is None:
        return Put(key, AccountPlaces(tuple(fresh)), expires_at=expires_at)
    again = {(place.kind, place.digest) for place in fresh}
    others = [place for place in known.value.places if (place.kind, place.digest) not in again]
    return known.put(replace(known.value, places=tuple([*others, *fresh][-MOST_PLACES:])), expires_at)


def _digest(ctx: Context, kind: PlaceKind, text: str) -> str:
    message = f"{kind}|{text}".encode()
    return ctx.keys.mac(ctx.keys.current_id(), PLACE_PURPOSE, message)[:DIGEST_BYTES].hex()


def _network(address: str | None) -> str | None:
    """The address; of IPv6 the network of a household or office, in which each device has many addresses."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
