"""Refusals of an erasure."""

from http import HTTPStatus

from services.kit.problems import ProblemType

OWN_ERASURE = ProblemType(
    "OWN_ERASURE",
    HTTPStatus.FORBIDDEN,
    "不能删除自己的个人信息。",
    "Nobody may erase themselves.",
    "请由另一位管理员处理。",
    "Ask another administrator.",
)
