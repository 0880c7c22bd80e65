"""Shows what publishing a package would change."""

import json
from collections.abc import Iterator
from typing import Any

from services.catalog.cli.package import Package
from services.catalog.domain.document import format_time, write_course

SHOWN = 60
COVER = "cover"


def preview(package: Package, current: dict[str, Any] | None) -> list[str]:
    """One line per difference; none where the package is already published.

    `current` is the current publication in the editor's form (None: never published).
    """
    document = write_course(package.course)
    if current is None:
        return [f"+ {name}: {_short(value)}" for name, value in document.items()] + list(_new_media(package))
    changes = [
        *_fields(current["course"], document),
        *_media(package, current),
        *_captions(package, current),
        *_handouts(package, current),
        *_pictures(package, current),
    ]
    return ["~ 重新上架 / offered again", *changes] if current["withdrawn"] else changes


def _fields(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*after, *before)):
        if before.get(name) == after.get(name):
            continue
        if isinstance(before.get(name), list) and isinstance(after.get(name), list):
            yield from _entries(name, before[name], after[name])
        else:
            yield f"~ {name}: {_short(before.get(name))} → {_short(after.get(name))}"


def _entries(name: str, before: list[Any], after: list[Any]) -> Iterator[str]:
    removed = [entry for entry in before if entry not in after]
    added = [entry for entry in after if entry not in before]
    yield from (f"- {name}: {_short(entry)}" for entry in removed)
    yield from (f"+ {name}: {_short(entry)}" for entry in added)
    if not removed and not added:
        yield f"~ {name}: 顺序改变 / new order"


def _new_media(package: Package) -> Iterator[str]:
    size = sum(file.bytes for file in package.files)
    length = format_time(package.duration_ms)
    yield f"+ media: {package.version}, {length}, {len(package.files)} files, {size / 1024:.0f} KB"
    yield from (f"+ captions: {caption.language}" for caption in package.captions)
    yield from (f"+ handouts: {handout.name}" for handout in package.handouts)
    yield from (f"+ pictures: {picture.instructor or COVER}" for picture in package.pictures)


def _media(package: Package, current: dict[str, Any]) -> Iterator[str]:
    if package.version != current["content_version"]:
        before, after = format_time(current["duration_ms"]), format_time(package.duration_ms)
        yield f"~ media: {current['content_version']} ({before}) → {package.version} ({after})"
        yield "  正在学习的学员继续观看原版本 / learners under way keep the version they started"


def _captions(package: Package, current: dict[str, Any]) -> Iterator[str]:
    before = {caption["language"]: caption["sha256"] for caption in current["captions"]}
    after = {caption.language: caption.sha256 for caption in package.captions}
    for language in sorted(before.keys() | after.keys()):
        if before.get(language) != after.get(language):
            sign = "+" if language not in before else "-" if language not in after else "~"
            yield f"{sign} captions: {language}"


def _handouts(package: Package, current: dict[str, Any]) -> Iterator[str]:
    before = {handout["name"]: handout["sha256"] for handout in current.get("handouts", [])}
    after = {handout.name: handout.sha256 for handout in package.handouts}
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            sign = "+" if name not in before else "-" if name not in after else "~"
            yield f"{sign} handouts: {name}"


def _pictures(package: Package, current: dict[str, Any]) -> Iterator[str]:
    before = {picture["instructor"] or COVER: picture["sha256"] for picture in current.get("pictures", [])}
    after = {picture.instructor or COVER: picture.sha256 for picture in package.pictures}
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            sign = "+" if name not in before else "-" if name not in after else "~"
            yield f"{sign} pictures: {name}"


def _short(value: Any) -> str:
    if value is None:
        return "(无 / none)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)})"
