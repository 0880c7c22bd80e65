"""The synthesized templates, for every kind of test: the ones that the running systems deploy."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from local.system import ASSEMBLY
from local.toolchain import synthesize

SERVICES = ("catalog", "orders", "playback", "credits")

Template = dict[str, Any]
Resource = dict[str, Any]


@cache
def templates() -> dict[str, Template]:
    """All templates by stack name, such as "XueshiPlayback"."""
    synthesize(ASSEMBLY)
    return read_templates(ASSEMBLY)


def read_templates(assembly: Path) -> dict[str, Template]:
    """All templates of a written assembly by stack name."""
    suffix = ".template.json"
    files = assembly.glob(f"*{suffix}")
    return {file.name.removesuffix(suffix): json.loads(file.read_text(encoding="utf-8")) for file in files}


def service_template(service: str) -> Template:
    """The template of one service's stack."""
    return templates()[f"Xueshi{service.capitalize()}"]


def of_type(template: Template, kind: str) -> dict[str, Resource]:
    """Properties of all resources of a type, by logical id."""
    found = {name: resource for name, resource in template["Resources"].items() if resource["Type"] == kind}
    return {name: resource.get("Properties", {}) for name, resource in found.items()}


def data_key(template: Template) -> str:
    """The key that encrypts what a service keeps of persons: the one with a name."""
    (alias,) = of_type(template, "AWS::KMS::Alias").values()
    return str(alias["TargetKeyId"]["Fn::GetAtt"][0])


def rule_patterns(service: str) -> dict[str, dict[str, Any]]:
    """What a service subscribes to: event patterns by rule name."""
    rules = of_type(service_template(service), "AWS::Events::Rule").values()
    return {rule["Name"]: rule["EventPattern"] for rule in rules}
