"""Refusals about reviews."""

from services.kit.problems import declared_in, forbidden, not_found

NOT_COMPLETED = forbidden(
    "NOT_COMPLETED",
    "完整学完课程后才能评价，您的评价没有发布。",
    "Only who has completed the course may review it; nothing was published.",
    "请先完整观看课程；刚刚看完的，请稍等片刻再试。",
    "Watch the whole course first; if you just have, wait a moment and try again.",
)
REVIEW_NOT_FOUND = not_found(
    "REVIEW_NOT_FOUND",
    "没有这条评价，或已撤回。",
    "There is no such review, or it was withdrawn.",
    "请刷新评价列表。",
    "Reload the list of reviews.",
)
OWN_REVIEW = forbidden(
    "OWN_REVIEW",
    "不能举报或处理自己的评价，未作任何更改。",
    "Nobody reports or moderates a review of their own; nothing was changed.",
    "可以修改或撤回自己的评价；处理请交给其他管理员。",
    "Edit or withdraw your own review; leave moderating it to somebody else.",
)

REVIEW_PROBLEMS = declared_in(globals())
