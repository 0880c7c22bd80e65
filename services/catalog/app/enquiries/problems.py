"""Refusals about enquiries."""

from http import HTTPStatus

from services.kit.problems import ProblemType

ENQUIRY_NOT_FOUND = ProblemType(
    "ENQUIRY_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "没有这条咨询。",
    "There is no such enquiry.",
    "请返回咨询列表。",
    "Go back to your enquiries.",
)
ENQUIRY_FULL = ProblemType(
    "ENQUIRY_FULL",
    HTTPStatus.CONFLICT,
    "这条咨询的消息已达上限，本次没有发送；之前的消息都已保存。",
    "This enquiry has as many messages as it takes; nothing was sent, and what was sent before is kept.",
    "请新建一条咨询继续。",
    "Go on in a new enquiry.",
)

ENQUIRY_PROBLEMS = (ENQUIRY_NOT_FOUND, ENQUIRY_FULL)
