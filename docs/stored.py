"""Writes what the code stores: an example body of every kind, and the page that lists the kinds.

`python -m docs.stored` writes; with `--check` it writes nothing and shows what has drifted. Either way it refuses code
that could not read, or would lose something of, a body that is written down: docs/stored-data.md says how a member is
added, moved and removed.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from docs.examples import example
from services.kit.kinds import Emptied, IdOnly, Kept, Kind, Nothing, Personal, kinds
from services.kit.store.codec import decode, encode

ROOT = Path(__file__).parent.parent
PACKAGES = ("kit", "catalog", "orders", "playback", "credits")
BODIES = Path("tests/contracts/stored")
PAGE = Path("docs/stored-kinds.md")

HEAD = """# Stored kinds

Written by `python -m docs.stored`. [Stored data](stored-data.md) says what a shape is and how one changes.

| service | kind | shape | of a person | what an erasure does |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Declared:
    """A class, and what it says of itself."""

    package: str
    cls: type
    kind: Kind

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.package}/{self.kind.name}"

    def file(self, shape: int) -> Path:
        """Where the example of a shape is, from the root."""
        return BODIES / self.package / f"{self.kind.name}.{shape}.json"


@cache
def declared() -> list[Declared]:
    """Every kind of every service."""
    found = []
    for package in PACKAGES:
        for file in sorted((ROOT / "services" / package).rglob("*.py")):
            if "cli" not in file.parts:
                import_module(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
        own = sorted(kinds(f"services.{package}").items(), key=lambda pair: pair[1].name)
        found += [Declared(package, cls, kind) for cls, kind in own]
    return found


def body(of: Declared) -> str:
    """An example of what is stored, every member filled, for people to read."""
    value: object = decode(json.dumps(example(of.cls)), of.cls)
    shown = _without(json.loads(encode(value)), of.kind.retired)
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


def complaints(of: Declared, shape: int, text: str) -> Iterator[str]:
    """Why today's code cannot take a body that code of some time wrote in this shape."""
    where = f"{of.name}, shape {shape}"
    if shape > of.kind.shape:
        yield f"{where}: the code knows {of.kind.shape} only"
        return
    try:
        value: object = decode(text, of.cls)
    except ValidationError as error:
        for found in error.errors():
            yield f"{where}: {'.'.join(map(str, found['loc']))}: cannot be read: {found['msg']}"
        return
    if shape == of.kind.shape:
        held, again = _without(json.loads(text), of.kind.retired), json.loads(encode(value))
        yield from (f"{where}: {place}: is not what is read" for place in _differences(held, again, ""))


def page(found: list[Declared]) -> str:
    """The page that lists the kinds."""
    rows = [
        f"| {of.package} | `{of.kind.name}` | {of.kind.shape} | {what} | {erasure} |"
        for of in found
        for what, erasure in map(_told, of.kind.personal)
    ]
    return HEAD + "\n".join(rows) + "\n"


def broken(found: list[Declared], files: Mapping[Path, str]) -> list[str]:
    """What the code breaks of the bodies that are written down, by path from the root or from a release's copy."""
    known = {(of.package, of.kind.name): of for of in found}
    result = []
    for path, text in files.items():
        name, _, shape = path.stem.rpartition(".")
        # What several services store alike may have moved to the kit: they store it under the same name.
        of = known.get((path.parent.name, name)) or known.get(("kit", name))
        result += list(complaints(of, int(shape), text)) if of else [f"{path}: nothing is stored as this kind"]
    return result


def written() -> dict[Path, str]:
    """The bodies that are written down, by path from the root."""
    return {file.relative_to(ROOT): file.read_text("utf-8") for file in sorted((ROOT / BODIES).rglob("*.json"))}


def main() -> int:
    """The exit status: 1 where something has drifted, or is broken."""
    parser = argparse.ArgumentParser(prog="python -m docs.stored", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    found = renew(check=parser.parse_args().check)
    sys.stdout.writelines(f"{complaint}\n" for complaint in found)
    return 1 if found else 0


def renew(*, check: bool) -> list[str]:
    """Writes the examples and the page, or with `check` only compares them; what is wrong with them or the code."""
    found = declared()
    texts = {of.file(of.kind.shape): body(of) for of in found} | {PAGE: page(found)}
    return broken(found, written()) or (_drifted(texts) if check else _write(texts))


def _drifted(texts: Mapping[Path, str]) -> list[str]:
    found = [path for path, text in texts.items() if not (ROOT / path).exists() or (ROOT / path).read_text() != text]
    return [f"{path}: is not as the code has it; after `python -m docs.stored`, commit it" for path in found]


def _write(texts: Mapping[Path, str]) -> list[str]:
    for path, text in texts.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, "utf-8")
    return []


def _told(personal: Personal) -> tuple[str, str]:
    match personal:
        case Nothing():
            return "nothing", "nothing"
        case IdOnly():
            return "their id", "nothing: it names nobody once the account is gone"
        case Emptied(members):
            return ", ".join(members), "empties them"
        case Kept(members, because, until):
            return ", ".join(members), f"leaves them: {because}; until {until}"
        case _:
            return "the whole item", "removes it"


def _without(value: Any, members: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {name: _without(inner, members) for name, inner in value.items() if name not in members}
    return [_without(inner, members) for inner in value] if isinstance(value, list) else value


def _differences(held: Any, again: Any, place: str) -> Iterator[str]:
    """Where something that is held does not come back; what comes back beyond it was added with a default."""
    if isinstance(held, dict) and isinstance(again, dict):
        for name, value in held.items():
            yield from _differences(value, again.get(name, Ellipsis), f"{place}.{name}".lstrip("."))
    elif isinstance(held, list) and isinstance(again, list) and len(held) == len(again):
        for index, (before, after) in enumerate(zip(held, again, strict=True)):
            yield from _differences(before, after, f"{place}[{index}]")
    elif held != again:
        yield place


if __name__ == "__main__":
    sys.exit(main())
