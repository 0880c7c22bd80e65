"""Refusals of evidence."""

from http import HTTPStatus

from services.kit.problems import ProblemType

EVIDENCE_NOT_FOUND = ProblemType(
    "EVIDENCE_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "没有这份学习证据，或它与您的账号无关。",
    "There is no such evidence pack, or it is not about you.",
    "学习完成后约一分钟内生成，请稍后重试。",
    "It is made within a minute of completion; try again later.",
)
