"""Puts a field into a YAML file and leaves every other line as its editor wrote it."""

from typing import Any

import yaml

WIDTH = 1_000


def put_field(text: str, name: str, value: Any) -> str:
    """The text with this field: in place of the one that is there, or at the end."""
    written = yaml.dump({name: value}, allow_unicode=True, sort_keys=False, width=WIDTH, Dumper=_Dumper)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    place = _lines_of(text, name) or (len(lines), len(lines))
    return "".join([*lines[: place[0]], written, *lines[place[1] :]])


def _lines_of(text: str, name: str) -> tuple[int, int] | None:
    """The first line of a top-level field, and the one after its last."""
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == name:
            end = value.end_mark
            return key.start_mark.line, end.line + (1 if end.column else 0)
    return None


class _Dumper(yaml.SafeDumper):
    """Leaves a field empty where there is nothing to say."""


_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))
