"""Reads loosely typed documents and collects everything that is wrong with them, not just the first thing."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

Path = tuple[str | int, ...]
"""Where a value is in a document: ("chapters", 2, "at")."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_LOST = "\ufffd"
_DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_MISSING = object()


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong, in Chinese and English."""

    path: Path
    message: str
    message_en: str

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer."""
        return "".join(f"/{part}" for part in self.path)


class Reader:
    """One value of a document, with its place.

    Each reading method returns a harmless stand-in after noting what is wrong, so that reading goes on.
    """

    def __init__(self, value: object, found: list[Violation], path: Path = ()) -> None:
        self._value = value
        self._found = found
        self.path = path

    def refuse(self, message: str, message_en: str) -> None:
        """Notes that this value is wrong."""
        self._found.append(Violation(self.path, message, message_en))

    @property
    def absent(self) -> bool:
        """Whether the field is missing or empty (null)."""
        return self._value is _MISSING or self._value is None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with this very value, as far as it was read."""
        return all(violation.path != self.path for violation in self._found)

    def fields(self, names: Collection[str]) -> "Fields":
        """This value as an object with no other fields than these."""
        if not isinstance(self._value, Mapping):
            self._refuse_kind("一组字段", "an object with fields")
            return Fields(self, {})
        for name in self._value:
            if name not in names:
                self._child(name, None).refuse(f"不认识的字段「{name}」", f"unknown field “{name}”")
        return Fields(self, self._value)

    def items(self, least: int, most: int) -> list["Reader"]:
        """This value as a list. A missing list counts as empty."""
        value = [] if self.absent else self._value
        if not isinstance(value, list):
            self._refuse_kind("列表", "a list")
            return []
        if not least <= len(value) <= most:
            self.refuse(
                f"应有 {least} 至 {most} 项，现有 {len(value)} 项",
                f"must have {least} to {most} entries; it has {len(value)}",
            )
        return [self._child(index, item) for index, item in enumerate(value[:most])]

    def text(self, longest: int, *, lines: bool = False) -> str:
        """This value as text of 1 to `longest` characters, trimmed; line breaks only where `lines`."""
        if not isinstance(self._value, str):
            self._refuse_no_text()
            return ""
        text = self._value.strip()
        if not text:
            self.refuse("不能为空", "must not be empty")
        elif len(text) > longest:
            self.refuse(
                f"最多 {longest} 个字，现有 {len(text)} 个", f"at most {longest} characters; it has {len(text)}"
            )
        if _LOST in text:
            self.refuse("有文字已在转换编码时丢失(U+FFFD)", "text was lost in another encoding (U+FFFD)")
        if _CONTROL.search(text):
            self.refuse("含有不可见的控制字符", "contains control characters")
        elif "\n" in text and not lines:
            self.refuse("必须是一行文字", "must be a single line")
        return text

    def optional_text(self, longest: int) -> str | None:
        """Like `text`, or None where the field is missing."""
        return None if self.absent else self.text(longest)

    def matching(self, pattern: str, rule: str, rule_en: str) -> str:
        """This value as text that matches the whole pattern."""
        if self.absent:
            self._refuse_kind(rule, rule_en)
            return ""
        if not isinstance(self._value, str):
            self._refuse_no_text()
            return ""
        if not re.fullmatch(pattern, self._value, re.ASCII):
            self.refuse(f"「{self._value[:80]}」应为{rule}", f"“{self._value[:80]}” must be {rule_en}")
        return self._value

    def choice(self, known: Collection[str]) -> str:
        """This value as one of the known words."""
        if isinstance(self._value, str) and self._value in known:
            return self._value
        listed = ", ".join(known)
        if self.absent:
            self._refuse_kind(f"以下之一：{listed}", f"one of {listed}")
        else:
            shown = str(self._value)[:80]
            self.refuse(f"不认识「{shown}」，只能是：{listed}", f"“{shown}” is not one of {listed}")
        return next(iter(known))

    def flag(self) -> bool:
        """This value as true or false."""
        if isinstance(self._value, bool):
            return self._value
        self._refuse_kind("true 或 false", "true or false")
        return False

    def amount(self, low: int, high: int) -> int:
        """This value as an amount of money in fen within bounds, which are told in yuan, as people think of them."""
        if self.absent:
            self.refuse("缺少金额：请填写", "the amount is missing")
            return low
        if not isinstance(self._value, int) or isinstance(self._value, bool):
            self._refuse_kind("整数，以分为单位：6800 即 68 元", "a whole number of fen: 6800 is 68 yuan")
            return low
        if not low <= self._value <= high:
            bounds = low // 100, high // 100
            self.refuse("应在 {} 元与 {} 元之间".format(*bounds), "must be between {} and {} yuan".format(*bounds))
        return self._value

    def decimal(self, low: Decimal, high: Decimal, places: int) -> Decimal:
        """This value as an exact decimal (whole number or text, never a binary fraction)."""
        number = _exact(self._value)
        if number is None:
            self._refuse_kind("数字，例如 1.5", "a number such as 1.5")
            return low
        if not low <= number <= high:
            self.refuse(f"应在 {low} 与 {high} 之间", f"must be between {low} and {high}")
        elif number != round(number, places):
            self.refuse(f"最多 {places} 位小数", f"at most {places} decimal place(s)")
        return round(number, places)

    def day(self) -> date:
        """This value as a date YYYY-MM-DD."""
        try:
            if isinstance(self._value, str) and len(self._value) == len("2026-01-31"):
                return date.fromisoformat(self._value)
        except ValueError:
            pass
        self._refuse_kind("日期，例如 2026-01-31", "a date such as 2026-01-31")
        return date.min

    def _child(self, part: str | int, value: object) -> "Reader":
        return Reader(value, self._found, (*self.path, part))

    def _refuse_no_text(self) -> None:
        if self.absent:
            self.refuse("缺少此项，请填写", "missing; fill it in")
        else:
            self._refuse_kind("文字（如为数字请加引号）", "text (put numbers in quotes)")

    def _refuse_kind(self, kind: str, kind_en: str) -> None:
        if self.absent:
            self.refuse(f"缺少此项，应为{kind}", f"missing; must be {kind_en}")
        else:
            self.refuse(f"应为{kind}", f"must be {kind_en}")


class Fields:
    """The fields of an object: `fields["title"]` is a reader even where the field is missing."""

    def __init__(self, owner: Reader, values: Mapping[str, Any]) -> None:
        self._owner = owner
        self._values = values

    def __getitem__(self, name: str) -> Reader:
        return self._owner._child(name, self._values.get(name, _MISSING))  # noqa: SLF001 (its other half)


def _exact(value: object) -> Decimal | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        try:
            return Decimal(value)
        except InvalidOperation:
            return None
    return None
