"""The devices on which a learner is told, and of which kinds of notices."""

from collections.abc import Iterable
from dataclasses import replace

from services.credits.app.context import Context
from services.credits.app.profiles.items import person_pk, profile_key
from services.credits.app.profiles.problems import PERSON_ERASED
from services.credits.app.push.items import (
    DEVICES,
    DeviceOwner,
    device_id_of,
    device_key,
    owner_key,
    push_settings_key,
)
from services.credits.app.push.problems import NOT_A_PUSH_SERVICE
from services.credits.domain.ids import LearnerId
from services.credits.domain.notices import NoticeKind
from services.credits.domain.profile import Profile
from services.credits.domain.push import MOST_DEVICES, Device, Language, PushSettings, is_of_push_service
from services.kit.call import Call
from services.kit.store import Change, Check, Put, Store, Stored, Write, commit_retrying, read_or


def add_device(ctx: Context, call: Call, endpoint: str, p256dh: str, auth: str, language: Language) -> str:
    """Adds the caller's device, or tells of one that is there what is new; returns its id.

    A device that showed somebody else's notices shows the caller's from now on, and theirs no more.

    Raises:
        Problem: NOT_A_PUSH_SERVICE, PERSON_ERASED.
        Conflict: others kept writing.
    """
    if not is_of_push_service(endpoint):
        raise NOT_A_PUSH_SERVICE.problem()
    learner_id, device_id = LearnerId(call.caller_id), device_id_of(endpoint)

    def plan() -> tuple[Change, str]:
        profile = read_or(ctx.store, profile_key(learner_id), Profile())
        if profile.value.erased_at is not None:
            raise PERSON_ERASED.problem()
        there = ctx.store.get(device_key(learner_id, device_id), Device)
        if there:
            renewed = replace(there.value, p256dh=p256dh, auth=auth, language=language)
            return Change([there.put(renewed)] if renewed != there.value else []), device_id
        device = Device(endpoint, p256dh, auth, language, ctx.clock.now())
        mine = read_devices(ctx.store, learner_id)
        writes = [
            # Who was forgotten meanwhile is told nothing.
            Check(profile.key, profile.version),
            Put(device_key(learner_id, device_id), device),
            *_owned(ctx.store, learner_id, device_id),
            *(write for old in mine[: max(0, len(mine) + 1 - MOST_DEVICES)] for write in _removed(ctx.store, old)),
        ]
        return Change(writes), device_id

    return commit_retrying(ctx.store, plan)


def remove_device(ctx: Context, learner_id: LearnerId, device_id: str) -> None:
    """Tells this device nothing more; one that is not the learner's, or gone, changes nothing.

    Raises:
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, None]:
        found = ctx.store.get(device_key(learner_id, device_id), Device)
        return Change(_removed(ctx.store, found) if found else []), None

    commit_retrying(ctx.store, plan)


def read_devices(store: Store, learner_id: LearnerId) -> list[Stored[Device]]:
    """The learner's devices, the first that was added first."""
    return sorted(store.query(person_pk(learner_id), DEVICES, Device), key=lambda each: each.value.added_at)


def read_push_settings(store: Store, learner_id: LearnerId) -> PushSettings:
    """What the learner wants on their devices; everything, unless they have said otherwise."""
    return read_or(store, push_settings_key(learner_id), PushSettings()).value


def set_push_settings(ctx: Context, call: Call, off: Iterable[NoticeKind]) -> PushSettings:
    """Says which kinds are not to come to devices; all others do.

    Raises:
        Conflict: others kept writing.
    """
    key = push_settings_key(LearnerId(call.caller_id))
    kinds = tuple(sorted(set(off)))

    def plan() -> tuple[Change, PushSettings]:
        known = read_or(ctx.store, key, PushSettings())
        wanted = replace(known.value, off=kinds)
        return Change([known.put(wanted)] if wanted != known.value else []), wanted

    return commit_retrying(ctx.store, plan)


def devices_removed(store: Store, learner_id: LearnerId) -> list[Write]:
    """What takes all devices of a learner away."""
    return [write for each in read_devices(store, learner_id) for write in _removed(store, each)]


def _owned(store: Store, learner_id: LearnerId, device_id: str) -> list[Write]:
    owner = store.get(owner_key(device_id), DeviceOwner)
    if owner is None:
        return [Put(owner_key(device_id), DeviceOwner(learner_id))]
    theirs = store.get(device_key(owner.value.learner_id, device_id), Device)
    return [owner.put(replace(owner.value, learner_id=learner_id)), *([theirs.remove()] if theirs else [])]


def _removed(store: Store, device: Stored[Device]) -> list[Write]:
    owner = store.get(owner_key(device_id_of(device.value.endpoint)), DeviceOwner)
    mine = owner is not None and device.key == device_key(owner.value.learner_id, device_id_of(device.value.endpoint))
    return [device.remove(), *([owner.remove()] if owner and mine else [])]
