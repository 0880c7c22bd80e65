"""Refusals of an erasure."""

from services.kit.problems import forbidden

OWN_ERASURE = forbidden(
    "OWN_ERASURE",
    "不能删除自己的个人信息。",
    "Nobody may erase themselves.",
    "请由另一位管理员处理。",
    "Ask another administrator.",
)
