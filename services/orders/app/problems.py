"""Orders' refusals."""

from http import HTTPStatus

from services.kit.problems import ProblemType
from services.orders.app.finance.problems import EXPORT_PROBLEMS
from services.orders.app.invoices.problems import INVOICE_PROBLEMS
from services.orders.app.payments.problems import PAYMENT_PROBLEMS
from services.orders.app.refunds.problems import REFUND_PROBLEMS
from services.orders.domain.purchase_state import Obstacle

COURSE_NOT_FOUND = ProblemType(
    "COURSE_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "没有这门课程。",
    "There is no such course.",
    "请返回课程列表重新选择。",
    "Go back to the list of courses and choose again.",
)
MEMBERSHIP_REQUIRED = ProblemType(
    "MEMBERSHIP_REQUIRED",
    HTTPStatus.FORBIDDEN,
    "领取此课程需要有效的会员资格，未作任何更改。",
    "Claiming this course needs a running membership; nothing was changed.",
    "请开通或续费会员后再领取。",
    "Open or renew a membership, then claim it.",
)
COURSE_WITHDRAWN = ProblemType(
    "COURSE_WITHDRAWN",
    HTTPStatus.CONFLICT,
    "此课程已下架，不能再购买或领取；已拥有的学员不受影响。",
    "This course has been withdrawn: it can be neither bought nor claimed. Learners who have it keep it.",
    "请返回课程列表选择其他课程。",
    "Go back to the list of courses and choose another.",
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
PLAN_NOT_FOUND = ProblemType(
    "PLAN_NOT_FOUND",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "没有这个会员方案，或它尚未生效；未作任何更改。",
    "There is no such membership plan, or it is not in force yet; nothing was changed.",
    "请检查方案代码后重试。",
    "Check the plan's id and try again.",
)

PROBLEMS = (
    COURSE_NOT_FOUND,
    COURSE_WITHDRAWN,
    MEMBERSHIP_REQUIRED,
    COURSE_NOT_RECOMMENDED,
    ALREADY_CLAIMED,
    PLAN_NOT_FOUND,
    *PAYMENT_PROBLEMS,
    *EXPORT_PROBLEMS,
    *REFUND_PROBLEMS,
    *INVOICE_PROBLEMS,
)

OBSTACLES = {
    Obstacle.COURSE_WITHDRAWN: COURSE_WITHDRAWN,
    Obstacle.MEMBERSHIP_REQUIRED: MEMBERSHIP_REQUIRED,
    Obstacle.COURSE_NOT_RECOMMENDED: COURSE_NOT_RECOMMENDED,
    Obstacle.ALREADY_CLAIMED: ALREADY_CLAIMED,
}
