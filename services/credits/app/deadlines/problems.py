"""Refusals of what concerns deadlines."""

from services.kit.problems import not_found

NO_DEADLINES = not_found(
    "NO_DEADLINES",
    "没有可放入日历的截止日：您还没有登记证书，或其周期长度未知。",
    "There is no deadline to put into a calendar: no certificate is registered, or its period's length is not known.",
    "登记证书后再试。",
    "Register a certificate first.",
)
