"""Reads YAML as editors mean it, remembering the line of every value.

Differs from plain YAML 1.1 where that surprises: 12:30 stays text (not 750), 1.50 stays text (an exact decimal),
dates stay text, and only true and false are flags.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from services.catalog.domain.media import Fault
from services.catalog.domain.reading import Path

_INTEGER = re.compile(r"-?[0-9]{1,15}", re.ASCII)


@dataclass
class ParsedPart:
    """A value, the line (from 1) of everything in it, and what was wrong with its form."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


class _Alias(Exception):
    """A value that repeats another by reference: nested, a few lines could grow without end."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read_yaml(text: str) -> ParsedPart:
    """Reads one YAML document."""
    read = ParsedPart()
    try:
        _refuse_aliases(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except _Alias as aliased:
        read.faults.append(Fault(aliased.line, "不支持别名(*)", "aliases (*) are not supported"))
        return read
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        read.faults.append(_syntax(mark.line + 1 if mark else 1, error.problem or ""))
        return read
    except yaml.YAMLError as error:
        read.faults.append(_syntax(1, str(error)))
        return read
    if node is not None:
        read.value = _value(node, (), read)
    return read


def _syntax(line: int, problem: str) -> Fault:
    return Fault(line, f"YAML 语法错误：{problem}", f"YAML syntax error: {problem}")


def _refuse_aliases(text: str) -> None:
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _Alias(event.start_mark.line + 1 if event.start_mark else 1)


def _value(node: yaml.Node, path: Path, read: ParsedPart) -> Any:
    read.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, read))
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, index), read) for index, child in enumerate(node.value)]
    return _scalar(node)


def _pairs(node: yaml.MappingNode, path: Path, read: ParsedPart) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key, child in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in seen:
            read.faults.append(Fault(line, f"字段「{name}」重复了", f"field “{name}” is repeated"))
        seen.add(name)
        value = _value(child, (*path, name), read)
        read.lines[(*path, name)] = line
        yield name, value


def _scalar(node: yaml.Node) -> Any:
    text: str = node.value
    if getattr(node, "style", None) is not None:
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "~", "null"):
        return None
    return int(text) if _INTEGER.fullmatch(text) else text
