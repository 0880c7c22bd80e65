"""What is held of one person, as it is given to them: sections of values, without what is about others. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.kit.store import Stored
from services.kit.store.codec import encode

OTHERS = frozenset({"actor", "author_id", "by", "closed_by", "requested_by", "reviewer"})
"""Members that name who of the staff did something, or who did it if not the person."""
PROOF = frozenset(
    {"head_mac", "key_id", "last_mac", "live_version", "mac", "prev_mac", "previous_mac", "seal", "token"}
)
"""Members that say nothing of the person, and sealed tokens: evidence packs have what proves."""


@dataclass(frozen=True)
class Section:
    """Values of one kind, as they are stored, under a heading for people."""

    name: str
    title: str
    title_en: str
    items: tuple[dict[str, Any], ...]


def section(name: str, title: str, title_en: str, values: Iterable[object]) -> Section:
    """Values of the domain, or items that have them, without what is about others."""
    bare = (value.value if isinstance(value, Stored) else value for value in values)
    return Section(name, title, title_en, tuple(_told(json.loads(encode(value))) for value in bare))


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _told(part) for name, part in value.items() if name not in OTHERS | PROOF}
    return [_told(part) for part in value] if isinstance(value, list) else value
