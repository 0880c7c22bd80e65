"""Refusals about courses."""

from services.kit.problems import conflict, declared_in, not_found

COURSE_NOT_FOUND = not_found(
    "COURSE_NOT_FOUND",
    "没有这门课程。",
    "There is no such course.",
    "请返回课程列表重新选择。",
    "Go back to the list of courses and choose again.",
)
COURSE_WITHDRAWN = conflict(
    "COURSE_WITHDRAWN",
    "此课程已下架，不能再购买或领取；已拥有的学员不受影响。",
    "This course has been withdrawn: it can be neither bought nor claimed. Learners who have it keep it.",
    "请返回课程列表选择其他课程。",
    "Go back to the list of courses and choose another.",
)

COURSE_PROBLEMS = declared_in(globals())
