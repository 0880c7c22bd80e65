"""Coupons: what they take off, for whom, and how often."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.kit.kinds import ID_ONLY, NOTHING, stored
from services.kit.read_codes import ALPHABET, as_read
from services.orders.domain.ids import CouponCode, CourseId
from services.orders.domain.order import Goods, Line

MAX_CODE = 32
"""Letters and digits of a code, at most."""
MAX_WRONG_CODES = 10
ATTEMPTS_WINDOW = timedelta(hours=1)
"""How many codes that are none a learner may try, and from the first of them in how long."""

_RANDOM_DIGITS, _CODE_LENGTH = 15, 12
"""The last 15 hexadecimal digits of an id are all random: 60 bits, 12 characters of 5 bits."""


@stored(shape=1, personal=NOTHING)
class Coupon:
    """One code, for as many learners as its limits let in. It takes off either fen or a percentage, of courses only.

    The code is kept, and shown, as staff wrote it; whoever writes another that is read alike (`normal_code`) means it.
    Valid in [valid_from, valid_until), for the courses named, or all where none is.
    """

    code: CouponCode
    title: str
    off_fen: int | None
    off_percent: int | None
    valid_from: datetime
    valid_until: datetime
    total_limit: int
    learner_limit: int
    course_ids: tuple[CourseId, ...] = ()
    withdrawn: bool = False

    def open_at(self, instant: datetime) -> bool:
        """Whether an order may be placed with it now."""
        return not self.withdrawn and self.valid_from <= instant < self.valid_until

    def applies_to(self, line: Line) -> bool:
        """Whether it takes something off this line."""
        return line.goods is Goods.COURSE and (not self.course_ids or line.item_id in self.course_ids)

    def taken_off(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """The lines with its discount; each line's share in proportion to its price, and to the fen in total."""
        applicable = [line.price_fen if self.applies_to(line) else 0 for line in lines]
        shares = split(self._discount(sum(applicable)), applicable)
        return tuple(replace(line, discount_fen=share) for line, share in zip(lines, shares, strict=True))

    def _discount(self, total_fen: int) -> int:
        if self.off_percent is not None:
            return total_fen * self.off_percent // 100
        return min(self.off_fen or 0, total_fen)


@stored(shape=1, personal=ID_ONLY)
class CouponUsage:
    """How often a coupon is in use, by open orders and by paid ones; overall or by one learner."""

    reserved: int = 0
    confirmed: int = 0

    @property
    def taken(self) -> int:
        """All that counts against the limit."""
        return self.reserved + self.confirmed

    def with_reserved(self, more: int) -> "CouponUsage":
        """After an order was placed (1) or given up (-1)."""
        return replace(self, reserved=self.reserved + more)

    def with_confirmed(self) -> "CouponUsage":
        """After an order that had reserved it was paid."""
        return replace(self, reserved=self.reserved - 1, confirmed=self.confirmed + 1)


@stored(shape=1, personal=ID_ONLY)
class CouponAttempts:
    """How many codes that are none, or that are still being looked at, a learner has tried since `since`, the first.

    `codes` are those codes: one that is sent several times, or side by side, is tried once.
    """

    since: datetime
    wrong: int = 0
    codes: tuple[CouponCode, ...] = ()

    def refuses(self, code: CouponCode, instant: datetime) -> bool:
        """Whether this code is not even looked at now."""
        return self.wrong >= MAX_WRONG_CODES and self._counts(instant) and code not in self.codes

    def counted(self, code: CouponCode, instant: datetime) -> "CouponAttempts":
        """After one more code, which may be wrong."""
        if self.wrong == 0 or not self._counts(instant):
            return replace(self, since=instant, wrong=1, codes=(code,))
        if code in self.codes:
            return self
        return replace(self, wrong=self.wrong + 1, codes=(*self.codes, code))

    def given_back(self, code: CouponCode, counted: "CouponAttempts") -> "CouponAttempts":
        """After a code that was right, counted as `counted` says: those of an earlier hour count no more anyway."""
        if self.since != counted.since or code not in self.codes:
            return self
        return replace(self, wrong=self.wrong - 1, codes=tuple(known for known in self.codes if known != code))

    def _counts(self, instant: datetime) -> bool:
        return instant < self.since + ATTEMPTS_WINDOW


def code_from(random_id: str) -> CouponCode:
    """A code of 12 characters from a random identifier of 32 hexadecimal digits."""
    number = int(random_id[-_RANDOM_DIGITS:], 16)
    return CouponCode("".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CODE_LENGTH))))


def normal_code(written: str) -> CouponCode:
    """What is read of a code that somebody wrote.

    Case, width, blanks and dashes make no difference, nor do O for 0, I and L for 1.
    """
    return CouponCode(as_read(written))


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of `total`, at most the sum of the weights, in proportion to them: whole, and exactly the total.

    What rounding down leaves goes, one by one, to the largest remainders, earlier ones first. No part exceeds its
    weight.
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts
