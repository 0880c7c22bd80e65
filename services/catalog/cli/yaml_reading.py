"""Reads YAML as editors mean it, remembering the line of every value.

Differs from plain YAML 1.1 where that surprises: 12:30 stays text (not 750), 1.50 stays text (an exact decimal),
dates stay text, and only true and false are flags. What says that it is text (!!str) is text; other tags are refused.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from services.catalog.domain.reading import Path
from services.catalog.domain.text_file import Fault

MAX_DEPTH = 20
"""How deep values may be nested; a course needs four levels."""

_YAML = "tag:yaml.org,2002:"
_TEXT, _NOTHING, _FLAG, _INTEGER = (_YAML + name for name in ("str", "null", "bool", "int"))
_WORDS = {
    _NOTHING: re.compile(r"(?:~|null|Null|NULL|)\Z"),
    _FLAG: re.compile(r"(?:true|false)\Z"),
    _INTEGER: re.compile(r"-?[0-9]{1,15}\Z", re.ASCII),
}
"""What is no text, by the form of the word."""

_WORD_VALUES: dict[str, Callable[[str], Any]] = {
    _NOTHING: lambda _: None,
    _FLAG: lambda word: word == "true",
    _INTEGER: int,
}


class _Loader(yaml.SafeLoader):
    """Takes plain words for what `_WORDS` says, and for text otherwise."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _form in _WORDS.items():
    _Loader.add_implicit_resolver(_tag, _form, None)


@dataclass
class ParsedPart:
    """A value, the line (from 1) of everything in it, and what was wrong with its form."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


class _Refused(Exception):
    """The document has a form that we do not take."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message_en)
        self.fault = fault


def read_yaml(text: str) -> ParsedPart:
    """Reads one YAML document."""
    read = ParsedPart()
    try:
        _check_form(text)
        node = yaml.compose(text, Loader=_Loader)
        if node is not None:
            read.value = _value(node, (), read)
    except _Refused as refused:
        read.faults.append(refused.fault)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        read.faults.append(_syntax(mark.line + 1 if mark else 1, error.problem or ""))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        read.faults.append(_syntax(line, f"{error.reason} (#x{error.character:04x})"))
    return read


def _syntax(line: int, problem: str) -> Fault:
    return Fault(line, f"YAML 语法错误：{problem}", f"YAML syntax error: {problem}")


def _check_form(text: str) -> None:
    """Refuses what a few lines could make endless: repetition by reference, and nesting without end."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(Fault(line, "不支持别名(*)", "aliases (*) are not supported"))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _Refused(Fault(line, f"最多嵌套 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep"))


def _value(node: yaml.Node, path: Path, read: ParsedPart) -> Any:
    line = node.start_mark.line + 1
    read.lines[path] = line
    if isinstance(node, yaml.MappingNode) and node.tag == f"{_YAML}map":
        return dict(_pairs(node, path, read))
    if isinstance(node, yaml.SequenceNode) and node.tag == f"{_YAML}seq":
        return [_value(child, (*path, index), read) for index, child in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode) and node.tag == _TEXT:
        return node.value
    if isinstance(node, yaml.ScalarNode) and node.tag in _WORDS and _WORDS[node.tag].match(node.value):
        return _WORD_VALUES[node.tag](node.value)
    tag = node.tag.removeprefix(_YAML)
    raise _Refused(Fault(line, f"不支持类型标记「{tag}」", f"the tag “{tag}” is not supported here"))


def _pairs(node: yaml.MappingNode, path: Path, read: ParsedPart) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key, child in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _Refused(Fault(line, "字段名必须是文字", "a field's name must be text"))
        if name in seen:
            read.faults.append(Fault(line, f"字段「{name}」重复了", f"field “{name}” is repeated"))
        seen.add(name)
        value = _value(child, (*path, name), read)
        read.lines[(*path, name)] = line
        yield name, value
