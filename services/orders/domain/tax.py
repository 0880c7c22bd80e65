"""What an invoice says of taxes: class, rate, net and tax of each line. Rates and codes are dated, in `taxes.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from services.orders.domain.invoice import InvoiceLine
from services.orders.domain.order import Goods


@dataclass(frozen=True)
class TaxClass:
    """How goods are taxed: their code (商品和服务税收分类编码, 19 digits), the class's short name, the VAT rate."""

    code: str
    name: str
    rate_percent: int


@dataclass(frozen=True)
class TaxEdition:
    """What holds for invoices that are issued from a day (Asia/Shanghai) on, until a later edition does."""

    effective_from: date
    source: str
    classes: Mapping[Goods, TaxClass]


@dataclass(frozen=True)
class TaxedLine:
    """A line as it stands on the invoice. Net and tax come to the amount exactly; all in fen.

    `title` is what the tax authority calls 项目名称: the class between asterisks, then what was bought.
    """

    number: int
    title: str
    code: str
    rate_percent: int
    net_fen: int
    tax_fen: int
    amount_fen: int


@cache
def editions() -> tuple[TaxEdition, ...]:
    """All editions, the first one first."""
    text = Path(__file__).with_name("taxes.toml").read_text(encoding="utf-8")
    return tuple(
        TaxEdition(row["effective_from"], row["source"], {goods: TaxClass(**row[goods]) for goods in Goods})
        for row in tomllib.loads(text)["edition"]
    )


def edition_in_force(day: date) -> TaxEdition:
    """The edition for an invoice that is issued on this day. Raises LookupError before the first one."""
    begun = [edition for edition in editions() if edition.effective_from <= day]
    if not begun:
        raise LookupError(f"no tax edition in force on {day}")
    return max(begun, key=lambda edition: edition.effective_from)


def taxed(line: InvoiceLine, day: date) -> TaxedLine:
    """The line on an invoice that is issued on this day. The net amount is rounded half up, the tax is the rest."""
    of = edition_in_force(day).classes[line.goods]
    with_tax = 100 + of.rate_percent
    net_fen = (200 * line.amount_fen + with_tax) // (2 * with_tax)
    return TaxedLine(
        number=line.number,
        title=f"*{of.name}*{line.title}",
        code=of.code,
        rate_percent=of.rate_percent,
        net_fen=net_fen,
        tax_fen=line.amount_fen - net_fen,
        amount_fen=line.amount_fen,
    )
