"""Refusals of what concerns push."""

from services.credits.app.profiles.problems import PERSON_ERASED
from services.kit.problems import unprocessable

NOT_A_PUSH_SERVICE = unprocessable(
    "NOT_A_PUSH_SERVICE",
    "该推送地址不属于已知的浏览器推送服务，未保存。",
    "The address is not of a push service of a browser that we know; nothing was saved.",
    "请使用 Chrome、Edge、Firefox 或 Safari，或改用邮件通知。",
    "Use Chrome, Edge, Firefox or Safari, or be told by e-mail.",
)

PUSH_PROBLEMS = (NOT_A_PUSH_SERVICE, PERSON_ERASED)
