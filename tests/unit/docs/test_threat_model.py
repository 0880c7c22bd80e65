"""The threat model names a test for each attack, and every test it names is there."""

import re

from local.emulator import ROOT

NAMED = re.compile(r"`(test_\w+)`")
DEFINED = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)


def test_every_test_that_the_threat_model_names_exists() -> None:
    named = set(NAMED.findall((ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")))
    defined = {name for file in (ROOT / "tests").rglob("*.py") for name in DEFINED.findall(file.read_text("utf-8"))}
    assert named
    assert named <= defined


def test_every_attack_over_http_is_in_the_threat_model() -> None:
    named = set(NAMED.findall((ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")))
    attacks = (ROOT / "tests" / "security" / "attacks").glob("test_*.py")
    defined = {name for file in attacks for name in DEFINED.findall(file.read_text("utf-8"))}
    assert defined
    assert defined <= named
