"""Refusals of the log."""

from services.kit.problems import not_found

LOG_PROOF_NOT_FOUND = not_found(
    "LOG_PROOF_NOT_FOUND",
    "存证日志中（尚）没有这个摘要。",
    "The log does not have this hash, or not yet.",
    "生成后约一至两分钟写入日志，请稍后重试；并核对摘要。",
    "It is logged a minute or two after it is made; try again later, and check the hash.",
)

LOG_POLICY_NOT_FOUND = not_found(
    "LOG_POLICY_NOT_FOUND",
    "存证日志的策略尚未设定。",
    "The log has no policy yet.",
    "请联系运营方。",
    "Ask the operator.",
)
