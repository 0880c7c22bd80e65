"""Refusals about claims."""

from services.kit.problems import conflict, declared_in, forbidden

MEMBERSHIP_REQUIRED = forbidden(
    "MEMBERSHIP_REQUIRED",
    "领取此课程需要有效的会员资格，未作任何更改。",
    "Claiming this course needs a running membership; nothing was changed.",
    "请开通或续费会员后再领取。",
    "Open or renew a membership, then claim it.",
)
COURSE_NOT_RECOMMENDED = conflict(
    "COURSE_NOT_RECOMMENDED",
    "此课程目前不是会员推荐课程，不能领取。",
    "This course is not recommended to members at present, so it cannot be claimed.",
    "您可以购买此课程，或选择其他会员推荐课程。",
    "Buy it, or choose another course that is recommended to members.",
)
ALREADY_CLAIMED = conflict(
    "ALREADY_CLAIMED",
    "您已领取过此课程，每门课程只能领取一次。",
    "You have claimed this course already; each course can be claimed once.",
    "请在“我的课程”中打开并开始观看。",
    "Open it from your courses and start watching.",
)

CLAIM_PROBLEMS = declared_in(globals())
