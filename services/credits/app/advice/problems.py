"""Refusals of advice."""

from services.kit.problems import not_found

COURSE_NOT_FOUND = not_found(
    "COURSE_NOT_FOUND",
    "没有这门课程，或没有这个版本。",
    "There is no such course, or not in this version.",
    "请从课程页面重新进入。刚刚发布的，请几秒后重试。",
    "Come from the course's page. If it was just published, try again in a few seconds.",
)
