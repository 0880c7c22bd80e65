"""Refusals about enquiries."""

from services.kit.problems import conflict, declared_in, not_found

ENQUIRY_NOT_FOUND = not_found(
    "ENQUIRY_NOT_FOUND",
    "没有这条咨询。",
    "There is no such enquiry.",
    "请返回咨询列表。",
    "Go back to your enquiries.",
)
ENQUIRY_FULL = conflict(
    "ENQUIRY_FULL",
    "这条咨询的消息已达上限，本次没有发送；之前的消息都已保存。",
    "This enquiry has as many messages as it takes; nothing was sent, and what was sent before is kept.",
    "请新建一条咨询继续。",
    "Go on in a new enquiry.",
)

ENQUIRY_PROBLEMS = declared_in(globals())
