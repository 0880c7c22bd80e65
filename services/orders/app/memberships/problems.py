"""Refusals about memberships."""

from services.kit.problems import declared_in, unprocessable

PLAN_NOT_FOUND = unprocessable(
    "PLAN_NOT_FOUND",
    "没有这个会员方案，或它尚未生效；未作任何更改。",
    "There is no such membership plan, or it is not in force yet; nothing was changed.",
    "请检查方案代码后重试。",
    "Check the plan's id and try again.",
)

MEMBERSHIP_PROBLEMS = declared_in(globals())
