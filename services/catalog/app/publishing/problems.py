"""Refusals to publish."""

from http import HTTPStatus

from services.catalog.domain.document import MAX_DOCUMENT_BYTES
from services.kit.problems import ProblemType, conflict, declared_in, unprocessable

_MOST = MAX_DOCUMENT_BYTES // 1024

COURSE_INVALID = unprocessable(
    "COURSE_INVALID",
    "课程内容有错误，未作任何更改。",
    "The course has mistakes; nothing was changed.",
    "请改正列出的每一处，再发布。",
    "Correct every place that is listed, then publish.",
)
COURSE_TOO_LARGE = ProblemType(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "COURSE_TOO_LARGE",
    f"课程的文字总共太长（最大 {_MOST} KB），未作任何更改。",
    f"All texts of the course together are too long (at most {_MOST} KB); nothing was changed.",
    "请缩短摘要、章节、要点或讲师简介，再发布。",
    "Shorten the abstract, chapters, key points or what is said of the instructors, then publish.",
)
CONTENT_ID_FIXED = conflict(
    "CONTENT_ID_FIXED",
    "课程发布后不能更换内容编号，否则同一内容可能重复计学时；课程没有发布。",
    "A published course keeps its content id, or the same lecture could earn hours twice; nothing was published.",
    "请改回原来的内容编号，再发布；如为全新的一讲，请新建课程。",
    "Give the content id that it had, then publish; make a new course for a new lecture.",
)
PUBLISHED_MEANWHILE = conflict(
    "PUBLISHED_MEANWHILE",
    "在您预览之后，课程已有新的发布；您的更改没有发布。",
    "The course was published by somebody else after your preview; your changes were not published.",
    "请先看现在的课程页，再决定是否取代它。",
    "Look at the course's page as it is now, then decide whether to publish over it.",
)

PUBLISHING_PROBLEMS = declared_in(globals())
