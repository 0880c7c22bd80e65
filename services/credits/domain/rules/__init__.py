"""Recertification rules as data: the TOML files beside this module, versioned by effective date."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.credits.domain.credentials import Credential


@dataclass(frozen=True)
class Figures:
    """What one period asks for, in hours."""

    period_years: int
    hours_per_period: Decimal
    compulsory_minimum: Decimal
    yearly_minimum: Decimal


@dataclass(frozen=True)
class GrantBounds:
    """How many hours, earned elsewhere, may be entered for one certificate in one period: by a single administrator
    alone, and at most."""

    alone_hours: Decimal
    most_hours: Decimal


@dataclass(frozen=True)
class Rule:
    """The rule of some credentials for periods that start on `effective_from` or later. Unknown figures are None."""

    id: str
    credentials: tuple[Credential, ...]
    effective_from: date
    source: str
    source_en: str
    note: str
    note_en: str
    figures: Figures | None
    grants: GrantBounds


class RuleBook:
    """All rules; the one in force when a period starts holds for the whole period."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Raises ValueError unless every credential has a rule."""
        self._rules = sorted(rules, key=lambda rule: rule.effective_from)
        for credential in Credential:
            if not self._of(credential):
                raise ValueError(f"no rule for {credential}")

    def earliest_start(self, credential: Credential) -> date:
        """The first day on which a period of this credential can start."""
        return self._of(credential)[0].effective_from

    def in_force(self, credential: Credential, start: date) -> Rule:
        """The rule for a period that starts on `start`. Raises LookupError before the first rule."""
        known = [rule for rule in self._of(credential) if rule.effective_from <= start]
        if not known:
            raise LookupError(f"no rule for {credential} on {start}")
        return known[-1]

    def period_years(self, credential: Credential, start: date) -> int | None:
        """How long a period starting on `start` lasts; None if not known."""
        figures = self.in_force(credential, start).figures
        return figures.period_years if figures else None

    def most_years(self) -> int:
        """How long the longest period of any rule lasts; 0 where none is known."""
        return max((rule.figures.period_years for rule in self._rules if rule.figures), default=0)

    def _of(self, credential: Credential) -> list[Rule]:
        return [rule for rule in self._rules if credential in rule.credentials]


def parse_rule(text: str) -> Rule:
    """Reads one rule file. Raises KeyError or ValueError for one that is not complete."""
    data = tomllib.loads(text)
    return Rule(
        id=data["id"],
        credentials=tuple(Credential(name) for name in data["credentials"]),
        effective_from=data["effective_from"],
        source=data["source"],
        source_en=data["source_en"],
        note=data["note"],
        note_en=data["note_en"],
        figures=_figures(data["figures"]) if "figures" in data else None,
        grants=GrantBounds(Decimal(data["grants"]["alone_hours"]), Decimal(data["grants"]["most_hours"])),
    )


def _figures(data: dict[str, Any]) -> Figures:
    if data["carry_over"]:
        raise ValueError("carrying hours over is not something the balances can do yet")
    return Figures(
        period_years=data["period_years"],
        hours_per_period=Decimal(data["hours_per_period"]),
        compulsory_minimum=Decimal(data["compulsory_minimum"]),
        yearly_minimum=Decimal(data["yearly_minimum"]),
    )
