"""Invoices (发票) of paid orders: requested, issued, and red-lettered (红冲).

An issued invoice is red-lettered where the money went back, or where it is wrong and another takes its place (换开).
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from services.kit.days import SHANGHAI
from services.kit.kinds import ID_ONLY, Emptied, Kept, stored
from services.orders.domain.ids import InvoiceId, LearnerId, OrderId
from services.orders.domain.order import Goods


class BuyerKind(StrEnum):
    """Whom an invoice is made out to."""

    PERSON = "person"
    COMPANY = "company"


class InvoiceKind(StrEnum):
    """Which invoice it is: 普通发票, or 增值税专用发票, whose tax a company deducts from its own."""

    ORDINARY = "ordinary"
    SPECIAL = "special"


class InvoiceStatus(StrEnum):
    """How an invoice stands. RED_NEEDED: its order was refunded since or it is corrected, so finance red-letters it."""

    REQUESTED = "requested"
    CANCELLED = "cancelled"
    ISSUED = "issued"
    RED_NEEDED = "red_needed"
    RED_LETTERED = "red_lettered"


_NEXT = {
    InvoiceStatus.REQUESTED: {InvoiceStatus.CANCELLED, InvoiceStatus.ISSUED},
    InvoiceStatus.ISSUED: {InvoiceStatus.RED_NEEDED},
    InvoiceStatus.RED_NEEDED: {InvoiceStatus.RED_LETTERED},
}
"""Of what is not here, nothing follows."""


class IllegalStatus(Exception):
    """The invoice is past this, or not there yet."""


_UNSEEN = re.compile(
    "[\u0080-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800"
    "\u3164\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U0010ffff]"
)
"""What shows nothing, turns the direction of what follows, or means something on one machine only.

Named one by one, not by their category: that depends on the interpreter's Unicode.
"""
_USCC = re.compile(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
"""GB 32100-2015: authority (A the military's, N agriculture's, Y others), kind of body, area, body, check character."""
_BY_IDENTITY = re.compile(r"([0-9]{17}[0-9X])([0-9]{2})?")
"""Of a sole trader that is registered by its owner's identity number: that, and perhaps which of the owner's it is."""


def is_readable(title: str) -> bool:
    """Whether whoever reads a title sees all of it, in the order in which it was written."""
    return not _UNSEEN.search(title)


def is_tax_id(tax_id: str) -> bool:
    """Whether it is a valid 税号: a unified social credit code, or an identity number, perhaps with two digits more."""
    is_uscc = _USCC.fullmatch(tax_id) and tax_id[-1] == uscc.calc_check_digit(tax_id[:-1])
    return bool(is_uscc) or _is_by_identity(tax_id)


def _is_by_identity(tax_id: str) -> bool:
    number = _BY_IDENTITY.fullmatch(tax_id)
    if not number or not mod_11_2.is_valid(number[1]):
        return False
    try:
        datetime.strptime(number[1][6:14], "%Y%m%d").replace(tzinfo=SHANGHAI)
    except ValueError:
        return False
    return not number[1].startswith("0")


@stored(shape=1, personal=Emptied("title", "tax_id", "email"))
class Buyer:
    """Whom an invoice is made out to: personal data, kept apart from it. `tax_id` (税号) is a company's."""

    kind: BuyerKind
    title: str
    tax_id: str | None = None
    email: str | None = None

    @property
    def is_erased(self) -> bool:
        """Only then it has no title."""
        return not self.title

    def erased(self) -> "Buyer":
        """Says no more than the invoice does."""
        return Buyer(self.kind, "")


@dataclass(frozen=True)
class Document:
    """The invoice's PDF, by its SHA-256 (hexadecimal) and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class InvoiceLine:
    """What of a line of the order is invoiced; `number` is that line's, the amount in fen has the tax in it."""

    number: int
    goods: Goods
    title: str
    amount_fen: int


@stored(
    shape=1,
    personal=(
        ID_ONLY,
        Kept(
            "number",
            "document",
            "red_number",
            because="a tax record (发票管理办法), whose PDF names the buyer",
            until="five years after it was issued at least",
        ),
        Kept("note", because="finance answers for what it turned down", until="the table goes"),
    ),
)
class Invoice:
    """One invoice of one order; its amount in fen never changes, and says nothing of whom it is made out to.

    `number` is the tax authority's (发票号码), `red_number` that of the red letter. `note` says why it was cancelled.
    `corrected_by` is the invoice that takes its place, and `corrects` whose place it takes itself.
    `lines` come to its amount; what release 1.0.0 wrote has none, and is ORDINARY.
    """

    invoice_id: InvoiceId
    order_id: OrderId
    learner_id: LearnerId
    buyer_kind: BuyerKind
    amount_fen: int
    requested_at: datetime
    status: InvoiceStatus = InvoiceStatus.REQUESTED
    number: str = ""
    document: Document | None = None
    issued_at: datetime | None = None
    red_number: str = ""
    red_lettered_at: datetime | None = None
    note: str = ""
    corrects: InvoiceId | None = None
    corrected_by: InvoiceId | None = None
    kind: InvoiceKind = InvoiceKind.ORDINARY
    lines: tuple[InvoiceLine, ...] = ()

    def issued(self, number: str, document: Document, now: datetime) -> "Invoice":
        """Issued by finance. Raises IllegalStatus."""
        return replace(self._moved(InvoiceStatus.ISSUED), number=number, document=document, issued_at=now)

    def cancelled(self, note: str) -> "Invoice":
        """Never to be issued. Raises IllegalStatus."""
        return replace(self._moved(InvoiceStatus.CANCELLED), note=note)

    def red_lettered(self, number: str, now: datetime) -> "Invoice":
        """Taken back at the tax authority, by finance's word. Raises IllegalStatus."""
        return replace(self._moved(InvoiceStatus.RED_LETTERED), red_number=number, red_lettered_at=now)

    def corrected(self, by: InvoiceId) -> "Invoice":
        """To be red-lettered, because it is wrong and another one takes its place. Raises IllegalStatus."""
        return replace(self._moved(InvoiceStatus.RED_NEEDED), corrected_by=by)

    def standing_again(self) -> "Invoice":
        """As it was before it was to be corrected, unless it is red-lettered: what was to correct it is cancelled."""
        if self.status is not InvoiceStatus.RED_NEEDED:
            return self
        return replace(self, status=InvoiceStatus.ISSUED, corrected_by=None)

    def overtaken(self, note: str) -> "Invoice":
        """What becomes of it once its order is refunded: to be red-lettered if it is issued, else cancelled."""
        if self.status is InvoiceStatus.REQUESTED:
            return self.cancelled(note)
        return self._moved(InvoiceStatus.RED_NEEDED)

    def _moved(self, status: InvoiceStatus) -> "Invoice":
        if status not in _NEXT.get(self.status, ()):
            raise IllegalStatus(f"{self.invoice_id}: {self.status} to {status}")
        return replace(self, status=status)
