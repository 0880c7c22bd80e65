"""Refusals about claims."""

from http import HTTPStatus

from services.kit.problems import ProblemType
from services.orders.app.courses.problems import COURSE_WITHDRAWN
from services.orders.domain.purchase_state import Obstacle

MEMBERSHIP_REQUIRED = ProblemType(
    "MEMBERSHIP_REQUIRED",
    HTTPStatus.FORBIDDEN,
    "领取此课程需要有效的会员资格，未作任何更改。",
    "Claiming this course needs a running membership; nothing was changed.",
    "请开通或续费会员后再领取。",
    "Open or renew a membership, then claim it.",
)
COURSE_NOT_RECOMMENDED = ProblemType(
    "COURSE_NOT_RECOMMENDED",
    HTTPStatus.CONFLICT,
    "此课程目前不是会员推荐课程，不能领取。",
    "This course is not recommended to members at present, so it cannot be claimed.",
    "您可以购买此课程，或选择其他会员推荐课程。",
    "Buy it, or choose another course that is recommended to members.",
)
ALREADY_CLAIMED = ProblemType(
    "ALREADY_CLAIMED",
    HTTPStatus.CONFLICT,
    "您已领取过此课程，每门课程只能领取一次。",
    "You have claimed this course already; each course can be claimed once.",
    "请在“我的课程”中打开并开始观看。",
    "Open it from your courses and start watching.",
)

CLAIM_PROBLEMS = (MEMBERSHIP_REQUIRED, COURSE_NOT_RECOMMENDED, ALREADY_CLAIMED)

OBSTACLES = {
    Obstacle.COURSE_WITHDRAWN: COURSE_WITHDRAWN,
    Obstacle.MEMBERSHIP_REQUIRED: MEMBERSHIP_REQUIRED,
    Obstacle.COURSE_NOT_RECOMMENDED: COURSE_NOT_RECOMMENDED,
    Obstacle.ALREADY_CLAIMED: ALREADY_CLAIMED,
}
