"""Invoices (发票) of paid orders: requested, issued, and red-lettered (红冲).

An issued invoice is red-lettered where the money went back, or where it is wrong and another takes its place (换开).
"""

import re
from collections.abc import Collection
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
    """How an invoice stands. RED_NEEDED: its order was refunded since or it is corrected, so finance red-letters it.

    Red-lettered in part it is ISSUED again.
    """

    REQUESTED = "requested"
    CANCELLED = "cancelled"
    ISSUED = "issued"
    RED_NEEDED = "red_needed"
    RED_LETTERED = "red_lettered"


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
_WHOLE_NUMBER = re.compile(r"[0-9]{20}|([0-9]{10}|[0-9]{12})-[0-9]{8}")
"""Of a 数电票; or of an earlier one, of which eight digits are a number only behind their 发票代码."""
_BY_IDENTITY = re.compile(r"([0-9]{17}[0-9X])([0-9]{2})?")
"""Of a sole trader that is registered by its owner's identity number: that, and perhaps which of the owner's it is."""


def is_readable(title: str) -> bool:
    """Whether whoever reads a title sees all of it, in the order in which it was written."""
    return not _UNSEEN.search(title)


def is_whole_number(number: str) -> bool:
    """Whether a 发票号码 names one invoice: 20 digits, or 发票代码 (10 or 12 digits), a hyphen and 8 digits."""
    return bool(_WHOLE_NUMBER.fullmatch(number))


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


@dataclass(frozen=True)
class RedLetter:
    """Takes an invoice back at the tax authority, or some of its lines; of an invoice without lines all of it."""

    number: str
    lines: tuple[int, ...]
    amount_fen: int
    at: datetime


@dataclass(frozen=True)
class CorrectedNumber:
    """A number that finance had mistyped, of the invoice or of a red letter, and what it was corrected to, when."""

    wrong: str
    right: str
    at: datetime


@stored(
    shape=1,
    personal=(
        ID_ONLY,
        Kept(
            "number",
            "document",
            "red_number",
            "corrected_numbers",
            because="a tax record (发票管理办法), whose PDF names the buyer",
            until="five years after it was issued at least",
        ),
        Kept("note", because="finance answers for what it turned down", until="the table goes"),
    ),
)
class Invoice:
    """One invoice of one order; its amount in fen never changes, and says nothing of whom it is made out to.

    `number` is the tax authority's (发票号码), `red_number` that of the last red letter, `note` why it was cancelled.
    `red_due` are the lines that a refund has to have red-lettered; none of an invoice that has to go whole.
    `corrected_by` is the invoice that takes its place, for which it has to go whole too, and `corrects` whose place it
    takes itself.
    `corrected_numbers` were mistyped: `number`, `red_number` and `red_letters` have the right ones.
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
    red_due: tuple[int, ...] = ()
    red_letters: tuple[RedLetter, ...] = ()
    corrected_numbers: tuple[CorrectedNumber, ...] = ()

    @property
    def numbers(self) -> frozenset[str]:
        """The tax authority's numbers that it has: its own and those of its red letters."""
        return frozenset({self.number, *(letter.number for letter in self.letters)} - {""})

    @property
    def letters(self) -> tuple[RedLetter, ...]:
        """Its red letters, the first one first. Release 1.0.0 wrote its only one, for the whole, into the invoice."""
        known = self.red_letters
        if self.red_lettered_at is None or any(letter.number == self.red_number for letter in known):
            return known
        gone = {number for letter in known for number in letter.lines}
        rest = tuple(line.number for line in self.lines if line.number not in gone)
        amount_fen = self.amount_fen - sum(letter.amount_fen for letter in known)
        return (*known, RedLetter(self.red_number, rest, amount_fen, self.red_lettered_at))

    @property
    def standing_fen(self) -> int:
        """What of it counts: its amount less its red letters, and nothing of what was never issued."""
        if self.status is InvoiceStatus.CANCELLED:
            return 0
        return self.amount_fen - sum(letter.amount_fen for letter in self.letters)

    @property
    def standing_lines(self) -> tuple[InvoiceLine, ...]:
        """The lines that count."""
        gone = {number for letter in self.letters for number in letter.lines}
        return tuple(line for line in self.lines if line.number not in gone and self.standing_fen)

    @property
    def red_due_lines(self) -> tuple[InvoiceLine, ...]:
        """The lines that finance is to red-letter now."""
        if self.status is not InvoiceStatus.RED_NEEDED:
            return ()
        is_whole = self.corrected_by is not None or not self.red_due
        return tuple(line for line in self.standing_lines if is_whole or line.number in self.red_due)

    @property
    def red_due_fen(self) -> int:
        """What the red letter that finance is to write comes to, fen."""
        if self.status is InvoiceStatus.RED_NEEDED and not self.lines:
            return self.standing_fen
        return sum(line.amount_fen for line in self.red_due_lines)

    @property
    def staying_lines(self) -> tuple[InvoiceLine, ...]:
        """The lines that count and go on counting."""
        due = self.red_due_lines
        return tuple(line for line in self.standing_lines if line not in due)

    @property
    def staying_fen(self) -> int:
        """What of it counts and goes on counting, fen."""
        return self.standing_fen - self.red_due_fen

    def issued(self, number: str, document: Document, now: datetime) -> "Invoice":
        """Issued by finance. Raises IllegalStatus."""
        self._must_be(InvoiceStatus.REQUESTED)
        return replace(self, status=InvoiceStatus.ISSUED, number=number, document=document, issued_at=now)

    def cancelled(self, note: str) -> "Invoice":
        """Never to be issued. Raises IllegalStatus."""
        self._must_be(InvoiceStatus.REQUESTED)
        return replace(self, status=InvoiceStatus.CANCELLED, note=note)

    def red_lettered(self, number: str, now: datetime) -> "Invoice":
        """With what was due taken back at the tax authority, by finance's word. Raises IllegalStatus.

        What then still stands is issued as before; it may need another red letter later.
        """
        self._must_be(InvoiceStatus.RED_NEEDED)
        due = tuple(line.number for line in self.red_due_lines)
        return replace(
            self,
            status=InvoiceStatus.ISSUED if self.staying_fen else InvoiceStatus.RED_LETTERED,
            red_number=number,
            red_lettered_at=now,
            red_due=(),
            red_letters=(*self.red_letters, RedLetter(number, due, self.red_due_fen, now)),
        )

    def renumbered(self, wrong: str, right: str, now: datetime) -> "Invoice":
        """With the right number in the place of one that was mistyped. Raises IllegalStatus: it has no such number."""
        if wrong not in self.numbers:
            raise IllegalStatus(f"{self.invoice_id}: it has no such number")

        def corrected(number: str) -> str:
            return right if number == wrong else number

        return replace(
            self,
            number=corrected(self.number),
            red_number=corrected(self.red_number),
            red_letters=tuple(replace(letter, number=corrected(letter.number)) for letter in self.red_letters),
            corrected_numbers=(*self.corrected_numbers, CorrectedNumber(wrong, right, now)),
        )

    def corrected(self, by: InvoiceId) -> "Invoice":
        """To be red-lettered whole: it is wrong, and another takes the place of what stays. Raises IllegalStatus."""
        self._must_be(InvoiceStatus.ISSUED, InvoiceStatus.RED_NEEDED)
        if not self.staying_fen:
            raise IllegalStatus(f"{self.invoice_id}: nothing of it stays")
        return replace(self, status=InvoiceStatus.RED_NEEDED, corrected_by=by)

    def standing_again(self) -> "Invoice":
        """As it was before it was to be corrected, unless it is red-lettered: what was to correct it is cancelled."""
        if self.status is not InvoiceStatus.RED_NEEDED:
            return self
        status = InvoiceStatus.RED_NEEDED if self.red_due else InvoiceStatus.ISSUED
        return replace(self, status=status, corrected_by=None)

    def overtaken(self, note: str, numbers: Collection[int]) -> "Invoice":
        """What becomes of it once these lines of its order are refunded: without lines it is all of it.

        If it is issued, they are to be red-lettered, beside those that are due already; else it is cancelled.
        """
        if self.status is InvoiceStatus.REQUESTED:
            return self.cancelled(note)
        self._must_be(InvoiceStatus.ISSUED, InvoiceStatus.RED_NEEDED)
        due = {line.number for line in self.red_due_lines} | set(numbers)
        return replace(self, status=InvoiceStatus.RED_NEEDED, red_due=tuple(sorted(due)))

    def red_entry(self) -> "Invoice":
        """As its last red letter is entered in the book: red-lettered, and no more of it than that letter is for."""
        letter = self.letters[-1]
        return replace(
            self,
            status=InvoiceStatus.RED_LETTERED,
            amount_fen=letter.amount_fen,
            lines=tuple(line for line in self.lines if line.number in letter.lines),
            red_letters=(letter,),
            corrected_numbers=(),
        )

    def number_entry(self) -> "Invoice":
        """As its last correction of a number is entered in the book: with the right one, and no amount.

        Other entries know of no correction.
        """
        last = self.corrected_numbers[-1]
        is_own = last.right == self.number
        return replace(
            self,
            status=InvoiceStatus.ISSUED if is_own else InvoiceStatus.RED_LETTERED,
            amount_fen=0,
            lines=(),
            red_number=self.red_number if is_own else last.right,
            red_letters=(),
        )

    @property
    def wrong_number(self) -> str:
        """Of an entry in the book: what had been mistyped, where it is about that."""
        return self.corrected_numbers[-1].wrong if self.corrected_numbers else ""

    @property
    def entered_number(self) -> str:
        """Of an entry in the book: the number that it is about."""
        return self.red_number if self.status is InvoiceStatus.RED_LETTERED else self.number

    def _must_be(self, *statuses: InvoiceStatus) -> None:
        if self.status not in statuses:
            raise IllegalStatus(f"{self.invoice_id} is {self.status}")
