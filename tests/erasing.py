"""What each kind says of an erasure is what happens, in a service in which a person has left a secret everywhere."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from docs.stored import declared
from services.kit.kinds import Emptied, Kept, Kind, Removed, kinds
from services.kit.personal_data import PROOF, Section
from services.kit.store import Key
from tests.fakes.store import MemoryStore


def check_erasure(package: str, store: MemoryStore, secret: str, erase: Callable[[], None]) -> None:
    """Fails where a kind of the package and the erasure say different things, or the person left too little to tell.

    Args:
        package: such as `services.catalog`.
        store: holds items of a person, who has written the secret into all that they could write.
        secret: the text; of such a form that every member can hold it.
        erase: erases the person.
    """
    declared()  # imports every module, so that a kind that no test imports is known too
    known = {kind.name: kind for kind in (*kinds(package).values(), *kinds("services.kit").values())}
    held = _held(store, secret, known)
    for name, kind in known.items():
        emptied, kept = _members(kind, Emptied), _members(kind, Kept)
        assert emptied <= held.get(name, set()), f"nobody left the secret in {name}: {emptied - held.get(name, set())}"
        assert name in held or not _is_removed(kind), f"nobody left the secret in {name}"
        unsaid = held.get(name, set()) - emptied - kept
        assert _is_removed(kind) or not unsaid, f"{name} says nothing of {unsaid}"
    _plant(store, secret, known)
    erase()
    for key in _holding(store, secret):
        kind = known[str(store.labels[key].kind)]
        left = _telling(json.loads(store.items[key][1]), secret, kind) - _members(kind, Kept)
        assert not left, f"{key.pk} / {key.sk}: the erasure leaves {left} of {kind.name}"
        assert not _is_removed(kind), f"{key.pk} / {key.sk}: the erasure leaves {kind.name}"


def check_copy(
    package: str, store: MemoryStore, secret: str, sections: Iterable[Section], others: Iterable[str]
) -> None:
    """Fails where a copy of what is held of that person lacks what an erasure would empty, or names anybody else.

    Args:
        package: such as `services.catalog`.
        store: as above.
        secret: as above.
        sections: the copy.
        others: ids of staff and of other learners, who have had to do with the person.
    """
    declared()
    known = {kind.name: kind for kind in kinds(package).values()}
    wanted = {
        member
        for name, told in _held(store, secret, known).items()
        for member in (told & _members(known[name], Emptied)) - PROOF
    }
    told = [item for one in sections for item in one.items]
    found = {name for item in told for name in _names(item, secret)}
    assert wanted <= found, f"the copy lacks {wanted - found}"
    text = json.dumps(told, ensure_ascii=False)
    assert not [other for other in others if other in text], "the copy names somebody else"


def _names(value: Any, secret: str, name: str = "") -> set[str]:
    """The members that tell the secret, and those around them."""
    if isinstance(value, str):
        return {name} if secret in value else set()
    parts = (
        value.items()
        if isinstance(value, dict)
        else [(name, part) for part in value]
        if isinstance(value, list)
        else ()
    )
    found = {told for part, inner in parts for told in _names(inner, secret, part)}
    return found | {name} if found else found


def _held(store: MemoryStore, secret: str, known: dict[str, Kind]) -> dict[str, set[str]]:
    """The members that tell the secret, by kind."""
    found: dict[str, set[str]] = {}
    for key in _holding(store, secret):
        assert secret not in key.pk + key.sk, "a key outlives what is erased"
        name = store.labels[key].kind
        assert name, f"{key.pk} / {key.sk} is of no kind"
        found[name] = found.get(name, set()) | _telling(json.loads(store.items[key][1]), secret, known[name])
    return found


def _plant(store: MemoryStore, secret: str, known: dict[str, Kind]) -> None:
    """Newer code knows more of the person: nor does that stay."""
    for key in _holding(store, secret):
        kind = known[str(store.labels[key].kind)]
        if _members(kind, Emptied) or _is_removed(kind):
            version, body = store.items[key]
            store.items[key] = (version, json.dumps({**json.loads(body), "later": secret}, ensure_ascii=False))


def _holding(store: MemoryStore, secret: str) -> list[Key]:
    return [key for key, (_, body) in store.items.items() if secret in body]


def _telling(value: Any, secret: str, kind: Kind, name: str = "") -> set[str]:
    """The members that tell the secret, at any depth: the innermost, or the one that the kind's statement names."""
    if isinstance(value, str):
        return {name} if secret in value else set()
    parts: Iterable[tuple[str, Any]] = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        parts = [(name, element) for element in value]
    found = {told for part, inner in parts for told in _telling(inner, secret, kind, part)}
    return {name} if found and name in _members(kind, Emptied) | _members(kind, Kept) else found


def _members(kind: Kind, statement: type[Emptied] | type[Kept]) -> set[str]:
    return {name for part in kind.personal if isinstance(part, statement) for name in part.members}


def _is_removed(kind: Kind) -> bool:
    return any(isinstance(part, Removed) for part in kind.personal)
