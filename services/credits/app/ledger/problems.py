"""Refusals of reading ledgers."""

from services.kit.problems import unprocessable

SPAN_TOO_LONG = unprocessable(
    "SPAN_TOO_LONG",
    "查询的日期范围不正确或过长。",
    "The span of days is too long, or ends before it begins.",
    "请缩短范围（最多天数见 days），分段查询。",
    "Ask for at most `days` days at a time.",
)
