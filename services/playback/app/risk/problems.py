"""Refusals of reviews."""

from http import HTTPStatus

from services.kit.problems import ProblemType

RISK_CASE_NOT_FOUND = ProblemType(
    "RISK_CASE_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "这次学习没有风险信号记录。",
    "There is no case of risk signals for this watch.",
    "请从风险列表中选择。",
    "Choose one from the list of cases.",
)
RISK_CASE_REVIEWED = ProblemType(
    "RISK_CASE_REVIEWED",
    HTTPStatus.CONFLICT,
    "该记录已被复核，未作任何更改。",
    "This case has been reviewed already; nothing was changed.",
    "请刷新后查看复核结果。",
    "Read the case again to see the review.",
)
OWN_RISK_CASE = ProblemType(
    "OWN_RISK_CASE",
    HTTPStatus.FORBIDDEN,
    "不能复核您本人的学习记录。",
    "You cannot review your own watching.",
    "请由另一位复核人员处理。",
    "Ask another reviewer.",
)

RISK_PROBLEMS = (RISK_CASE_NOT_FOUND, RISK_CASE_REVIEWED, OWN_RISK_CASE)
