"""Refusals of looking people up."""

from services.kit.problems import declared_in, forbidden, not_found, unprocessable

LOOKUP_NOT_ALLOWED = forbidden(
    "LOOKUP_NOT_ALLOWED",
    "您的角色不能按此项查找学员。",
    "Your role may not find learners by this.",
    "请改用 allowed 中的方式查找。",
    "Use one of those in `allowed`.",
)
LOOKUP_UNREADABLE = unprocessable(
    "LOOKUP_UNREADABLE",
    "输入的内容不符合所选的查找方式，未作查找。",
    "What was typed has not the form of what was chosen; nothing was looked up.",
    "请输入完整的邮箱、手机号、姓名、证书编号，或学员编号的前 8 位。",
    "Give the whole address, phone number, name or certificate number, or the first 8 characters of the learner's id.",
)
LEARNER_NOT_FOUND = not_found(
    "LEARNER_NOT_FOUND",
    "没有这位学员。",
    "There is no such learner.",
    "请重新查找。",
    "Look the learner up again.",
)

LOOKUP_PROBLEMS = declared_in(globals())
