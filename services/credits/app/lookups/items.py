"""By what people are found: keyed hashes of names and certificates' numbers, never these themselves.

A handle is two items in one transaction: one under its hash, which names the opaque id, and one with the person, which
says under which hash that lies. By the latter a handle is moved and removed without any key, also after a rotation.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from services.credits.app.profiles.items import person_pk
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Macs
from services.credits.domain.names import plain_name
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key, Put, Remove, Store, Write

PURPOSE = "learner-handle"
"""Of the MACs that stand for what somebody is found by."""
HANDLES = "HANDLE#"
NAME = "name"


@stored(shape=1, personal=ID_ONLY)
class Handle:
    """Who is found under a keyed hash. An erasure removes it."""

    learner_id: LearnerId


@stored(shape=1, personal=ID_ONLY)
class OwnHandle:
    """Under which partition one of a person's handles lies. An erasure removes it."""

    pk: str


def number_handle(credential: Credential) -> str:
    """What the handle of a certificate's number is called."""
    return f"number#{credential}"


def name_pk(macs: Macs, key_id: str, name: str) -> str:
    """Where people of a name are found; spaces, width and letters' case do not make it another one."""
    return _hashed(macs, key_id, NAME, plain_name(name))


def number_pk(macs: Macs, key_id: str, number: str) -> str:
    """Where holders of a number are found, of whatever certificate."""
    return _hashed(macs, key_id, "number", re.sub("[^0-9A-Z]", "", number.upper()))


def _hashed(macs: Macs, key_id: str, what: str, text: str) -> str:
    return f"{HANDLES}{what}#{macs.mac(key_id, PURPOSE, f'{what}:{text}'.encode()).hex()}"


def name_writes(store: Store, macs: Macs, learner_id: LearnerId, name: str | None) -> list[Write]:
    """The writes after which somebody is found by this name alone; by none where it is None."""
    pk = name_pk(macs, macs.current_id(), name) if name else None
    return _moved(store, learner_id, NAME, pk)


def number_writes(store: Store, macs: Macs, learner_id: LearnerId, credential: Credential, number: str) -> list[Write]:
    """The writes after which somebody is found by this number of the certificate, and no earlier one."""
    return _moved(store, learner_id, number_handle(credential), number_pk(macs, macs.current_id(), number))


def removed_handles(store: Store, learner_id: LearnerId) -> Iterator[Write]:
    """The writes after which somebody is found by nothing any more."""
    for own in store.query(person_pk(learner_id), HANDLES, OwnHandle):
        yield own.remove()
        yield from _removed(store, own.value.pk, learner_id, own.key.sk.removeprefix(HANDLES))


def _moved(store: Store, learner_id: LearnerId, what: str, pk: str | None) -> list[Write]:
    key = Key(person_pk(learner_id), f"{HANDLES}{what}")
    own = store.get(key, OwnHandle)
    if pk == (own.value.pk if own else None):
        return []
    left = _removed(store, own.value.pk, learner_id, what) if own else []
    if pk is None:
        return [*left, *([own.remove()] if own else [])]
    noted = own.put(replace(own.value, pk=pk)) if own else Put(key, OwnHandle(pk))
    return [*left, noted, Put(_place(pk, learner_id, what), Handle(learner_id))]


def _removed(store: Store, pk: str, learner_id: LearnerId, what: str) -> list[Remove]:
    found = store.get(_place(pk, learner_id, what), Handle)
    return [found.remove()] if found else []


def _place(pk: str, learner_id: LearnerId, what: str) -> Key:
    return Key(pk, f"{learner_id}#{what}")
