"""Refusals to publish."""

from http import HTTPStatus

from services.kit.problems import ProblemType, conflict, declared_in, unprocessable

COURSE_INVALID = unprocessable(
    "COURSE_INVALID",
    "课程内容有错误，未作任何更改。",
    "The course has mistakes; nothing was changed.",
    "请改正 errors 中列出的每一处后重新发布。",
    "Correct every place listed in errors and publish again.",
)
COURSE_TOO_LARGE = ProblemType(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "COURSE_TOO_LARGE",
    "课程的文字内容过长，未作任何更改。",
    "The course has too much text; nothing was changed.",
    "请缩短内容后重新发布。",
    "Shorten the text and publish again.",
)
CONTENT_ID_FIXED = conflict(
    "CONTENT_ID_FIXED",
    "课程发布后不能更换 content_id，否则同一内容可能重复计学时。",
    "A published course keeps its content_id, or the same lecture could earn hours twice.",
    "请改回原来的 content_id；如为全新内容，请新建课程。",
    "Restore the content_id; make a new course for a new lecture.",
)
PUBLISHED_MEANWHILE = conflict(
    "PUBLISHED_MEANWHILE",
    "在您预览之后，课程已有新的发布；您的更改没有发布。",
    "The course was published by somebody else after your preview; your changes were not published.",
    "请查看最新内容后重新发布。",
    "Look at the current publication and publish again.",
)

PUBLISHING_PROBLEMS = declared_in(globals())
