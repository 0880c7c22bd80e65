"""Rules are data with a source; what is not known says so."""

from datetime import date
from decimal import Decimal

import pytest

from services.credits.adapters.rule_files import load_rules
from services.credits.domain.credentials import Credential
from services.credits.domain.rules import Figures, RuleBook, parse_rule
from tests.unit.credits.world import AFP, CTP

TEXT = """
id = "{id}"
credentials = ["AFP", "CFP", "EFP", "CPB", "CTP"]
effective_from = {day}
source = "来源"
source_en = "source"
note = "说明"
note_en = "note"
[figures]
period_years = 3
hours_per_period = "45.5"
compulsory_minimum = "3"
yearly_minimum = "6"
carry_over = {carry_over}
[grants]
most_hours = "45.5"
alone_hours = "10"
"""


@pytest.mark.parametrize("credential", ["AFP", "CFP", "EFP", "CPB"])
def test_the_figures_of_fpsb_china(credential: str) -> None:
    rule = load_rules().in_force(Credential(credential), date(2025, 1, 1))
    assert rule.figures == Figures(2, Decimal(30), Decimal(2), Decimal(5))
    assert "2020" in rule.source
    assert "2020" in rule.source_en


def test_ctp_has_no_figures_and_says_so() -> None:
    rule = load_rules().in_force(CTP, date(2025, 1, 1))
    assert rule.figures is None
    assert "未知" in rule.note
    assert "not known" in rule.note_en


def test_the_rule_in_force_is_the_newest_that_is_effective() -> None:
    old = parse_rule(TEXT.format(id="old", day="2020-01-01", carry_over="false"))
    new = parse_rule(TEXT.format(id="new", day="2026-07-01", carry_over="false"))
    book = RuleBook([new, old])
    assert book.in_force(AFP, date(2026, 6, 30)).id == "old"
    assert book.in_force(AFP, date(2026, 7, 1)).id == "new"
    assert book.earliest_start(AFP) == date(2020, 1, 1)
    with pytest.raises(LookupError):
        book.in_force(AFP, date(2019, 12, 31))


def test_a_rule_that_balances_cannot_follow_is_not_read() -> None:
    with pytest.raises(ValueError, match="carrying"):
        parse_rule(TEXT.format(id="new", day="2026-07-01", carry_over="true"))


def test_every_credential_has_a_rule() -> None:
    with pytest.raises(ValueError, match="no rule for AFP"):
        RuleBook([])
