"""How documents and mails write days, categories and hours."""

from datetime import date
from decimal import Decimal

from services.credits.domain.credentials import Category
from services.credits.domain.periods import Period

CATEGORIES = {Category.COMPULSORY: ("必修", "compulsory"), Category.ELECTIVE: ("选修", "elective")}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day_zh(day: date) -> str:
    """2026年1月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_en(day: date) -> str:
    """5 January 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def period_zh(period: Period) -> str:
    """First and last day; a period whose length is not known only has a first one."""
    return f"{day_zh(period.start)}至{day_zh(period.end)}" if period.end else f"{day_zh(period.start)}起"


def period_en(period: Period) -> str:
    """The same in English: 1 January 2026 to 31 December 2027."""
    return f"{day_en(period.start)} to {day_en(period.end)}" if period.end else f"{day_en(period.start)} on"


def hours_text(hours: Decimal) -> str:
    """Without trailing zeros or exponent: 1.5, 30."""
    return format(hours.normalize(), "f")
