"""Refusals of evidence."""

from services.kit.problems import not_found

EVIDENCE_NOT_FOUND = not_found(
    "EVIDENCE_NOT_FOUND",
    "没有这份学习证据，或它与您的账号无关。",
    "There is no such evidence pack, or it is not about you.",
    "学习完成后约一分钟内生成，请稍后重试。",
    "It is made within a minute of completion; try again later.",
)
