"""Refusals of several subjects."""

from http import HTTPStatus

from services.kit.problems import ProblemType, conflict, not_found

COURSE_NOT_FOUND = not_found(
    "COURSE_NOT_FOUND",
    "没有这门课程，或尚未发布。",
    "There is no such course, or it is not published.",
    "请返回课程列表。",
    "Go back to the list of courses.",
)
PERSON_ERASED = conflict(
    "PERSON_ERASED",
    "该账号的个人信息已按申请删除，不能再发表内容；未作任何更改。",
    "This person's data was erased on request, so nothing can be written any more; nothing was changed.",
    "如需继续学习，请注册新账号。",
    "Register a new account to go on.",
)
TOO_OFTEN = ProblemType(
    HTTPStatus.TOO_MANY_REQUESTS,
    "TOO_OFTEN",
    "今天提交的次数已达上限，本次没有保存。",
    "This is more than one day allows; nothing was saved.",
    "请明天再试。",
    "Try again tomorrow.",
)
