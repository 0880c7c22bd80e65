"""Refusals of reviews."""

from services.kit.problems import conflict, declared_in, forbidden, not_found

RISK_CASE_NOT_FOUND = not_found(
    "RISK_CASE_NOT_FOUND",
    "这次学习没有风险信号记录。",
    "There is no case of risk signals for this watch.",
    "请从风险列表中选择。",
    "Choose one from the list of cases.",
)
RISK_CASE_REVIEWED = conflict(
    "RISK_CASE_REVIEWED",
    "该记录已被复核，未作任何更改。",
    "This case has been reviewed already; nothing was changed.",
    "请刷新后查看复核结果。",
    "Read the case again to see the review.",
)
OWN_RISK_CASE = forbidden(
    "OWN_RISK_CASE",
    "不能复核您本人的学习记录。",
    "You cannot review your own watching.",
    "请由另一位复核人员处理。",
    "Ask another reviewer.",
)

RISK_PROBLEMS = declared_in(globals())
