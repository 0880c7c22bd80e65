"""Reads the package's Markdown: key points as headings with answers, the mind map as a nested list."""

import re
from typing import Any

from services.catalog.cli.yaml_reading import ParsedPart
from services.catalog.domain.reading import Path
from services.catalog.domain.text_file import Fault

_HEADING = re.compile(r"##[ \t]+(?P<question>.*?\S)(?:[ \t]+\[(?P<at>[0-9:]+)\])?[ \t]*", re.ASCII)
"""What looks like a time is meant as one, so that a wrong one is refused and not taken for a part of the question."""
_ROOT = re.compile(r"#[ \t]+(.*\S)[ \t]*")
_BRANCH = re.compile(r"( *)[-*+][ \t]+(.*\S)[ \t]*")
INDENT = 2


def read_key_points(text: str) -> ParsedPart:
    """`## question [12:30]` headings, each followed by its answer: [{question, answer, at}, ...]; time optional."""
    read = ParsedPart(value=[], lines={(): 1})
    for number, line in enumerate(text.split("\n"), start=1):
        heading = _HEADING.fullmatch(line)
        if heading:
            _open_question(read, heading, number)
        elif read.value:
            read.value[-1]["answer"] += line.rstrip() + "\n"
        elif line.strip():
            message = "答案之前需要以「## 」开头的问题"
            read.faults.append(Fault(number, message, "a question starting with “## ” must come first"))
    return read


def _open_question(read: ParsedPart, heading: re.Match[str], number: int) -> None:
    place: Path = (len(read.value),)
    at = {"at": heading["at"]} if heading["at"] else {}
    read.value.append({"question": heading["question"], "answer": "", **at})
    read.lines |= {(*place, *inner): number for inner in ((), ("question",), ("answer",), ("at",))}


def read_mind_map(text: str) -> ParsedPart:
    """`# root`, then `- branches` nested by two spaces: {text, children: [...]}."""
    read = ParsedPart()
    open_nodes: list[tuple[Path, dict[str, Any]]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        root, branch = _ROOT.fullmatch(line), _BRANCH.fullmatch(line)
        if root and not open_nodes:
            read.value = {"text": root[1], "children": []}
            read.lines |= {(): number, ("text",): number}
            open_nodes.append(((), read.value))
        elif branch and open_nodes:
            _add_branch(read, open_nodes, branch, number)
        else:
            message = "应为一个「# 主题」和其下以「- 」开头的分支"
            read.faults.append(Fault(number, message, "must be one “# topic” with “- ” branches below it"))
    return read


def _add_branch(
    read: ParsedPart, open_nodes: list[tuple[Path, dict[str, Any]]], branch: re.Match[str], number: int
) -> None:
    depth, rest = divmod(len(branch[1]), INDENT)
    if rest or depth + 1 > len(open_nodes):
        message = f"缩进应为上一级加 {INDENT} 个空格"
        read.faults.append(Fault(number, message, f"indent by {INDENT} spaces more than the branch above"))
        depth = min(depth, len(open_nodes) - 1)
    del open_nodes[depth + 1 :]
    parent_path, parent = open_nodes[-1]
    place: Path = (*parent_path, "children", len(parent["children"]))
    node: dict[str, Any] = {"text": branch[2], "children": []}
    parent["children"].append(node)
    read.lines |= {place: number, (*place, "text"): number}
    open_nodes.append((place, node))
