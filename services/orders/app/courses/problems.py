"""Refusals about courses."""

from http import HTTPStatus

from services.kit.problems import ProblemType

COURSE_NOT_FOUND = ProblemType(
    "COURSE_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "没有这门课程。",
    "There is no such course.",
    "请返回课程列表重新选择。",
    "Go back to the list of courses and choose again.",
)
COURSE_WITHDRAWN = ProblemType(
    "COURSE_WITHDRAWN",
    HTTPStatus.CONFLICT,
    "此课程已下架，不能再购买或领取；已拥有的学员不受影响。",
    "This course has been withdrawn: it can be neither bought nor claimed. Learners who have it keep it.",
    "请返回课程列表选择其他课程。",
    "Go back to the list of courses and choose another.",
)

COURSE_PROBLEMS = (COURSE_NOT_FOUND, COURSE_WITHDRAWN)
