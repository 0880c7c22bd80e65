"""Reads the rule files that are shipped with the code."""

from importlib.resources import files

from services.credits.domain import rules
from services.credits.domain.rules import RuleBook, parse_rule


def load_rules() -> RuleBook:
    """All rules of `services/credits/domain/rules`."""
    found = [file for file in files(rules).iterdir() if file.name.endswith(".toml")]
    return RuleBook([parse_rule(file.read_text(encoding="utf-8")) for file in found])
