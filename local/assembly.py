"""Reads what CDK synthesized: stacks in dependency order, their templates and their assets."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.errors import LocalError

Template = dict[str, Any]


@dataclass(frozen=True)
class Asset:
    """One file asset: what to publish and where it is expected."""

    source: Path
    zipped: bool
    bucket: str
    key: str


@dataclass(frozen=True)
class Stack:
    """One synthesized stack."""

    name: str
    template: Template
    assets: tuple[Asset, ...]

    @property
    def is_edge(self) -> bool:
        """Whether it holds the distribution, which the local edge plays."""
        return any(True for _ in of_type(self.template, "AWS::CloudFront::Distribution"))


def read_assembly(directory: Path) -> list[Stack]:
    """The assembly's stacks, each after the stacks it depends on.

    Raises:
        LocalError: `directory` holds no assembly.
    """
    try:
        manifest = json.loads((directory / "manifest.json").read_text())
    except FileNotFoundError:
        raise LocalError(f"There is no synthesized app in {directory}: run `make synth`.") from None
    artifacts: dict[str, Any] = manifest["artifacts"]
    ordered: list[Stack] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        for dependency in artifacts[name].get("dependencies", []):
            visit(dependency)
        if artifacts[name]["type"] == "aws:cloudformation:stack":
            ordered.append(_stack(directory, name, artifacts[name]))

    for name in artifacts:
        visit(name)
    return ordered


def of_type(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Logical id and resource of every resource of one type."""
    for logical_id, resource in template.get("Resources", {}).items():
        if resource["Type"] == kind:
            yield logical_id, resource


def _stack(directory: Path, name: str, artifact: dict[str, Any]) -> Stack:
    properties = artifact["properties"]
    template = json.loads((directory / properties["templateFile"]).read_text())
    manifest = directory / f"{name}.assets.json"
    files = json.loads(manifest.read_text())["files"] if manifest.exists() else {}
    assets = tuple(_assets(directory, files, properties["templateFile"]))
    return Stack(properties.get("stackName", name), template, assets)


def _assets(directory: Path, files: dict[str, Any], template_file: str) -> Iterator[Asset]:
    for entry in files.values():
        source = entry["source"]
        if source["path"] == template_file:
            continue  # the deployed copy differs, so it is published with the stack
        for destination in entry["destinations"].values():
            zipped = source["packaging"] == "zip"
            yield Asset(directory / source["path"], zipped, destination["bucketName"], destination["objectKey"])
