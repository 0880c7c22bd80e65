"""Refusals: RFC 9457 problem details with the product's stable codes, in Chinese and English."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

TYPE_BASE = "https://xueshi.example/problems/"


@dataclass(frozen=True)
class ProblemType:
    """One kind of refusal: its code never changes meaning; `next_*` says what the caller can do.

    `retry_after_s` is told where the same request will be taken in a moment.
    """

    status: HTTPStatus
    code: str
    detail: str
    detail_en: str
    next: str
    next_en: str
    retry_after_s: int | None = None

    def cells(self) -> list[str]:
        """A table's row about it."""
        return [f"`{self.code}`", str(self.status.value), self.detail, self.detail_en, self.next, self.next_en]

    def problem(self, **members: Any) -> "Problem":
        """The refusal to raise, with members of its own (JSON values), such as what was saved."""
        return Problem(self, members)


@dataclass
class Problem(Exception):
    """A refusal. It changes no stored state."""

    type: ProblemType
    members: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The problem details object."""
        return {
            "type": TYPE_BASE + self.type.code,
            "title": self.type.status.phrase,
            "status": self.type.status.value,
            "code": self.type.code,
            "detail": self.type.detail,
            "detail_en": self.type.detail_en,
            "next": self.type.next,
            "next_en": self.type.next_en,
            **self.members,
        }

    def event(self) -> dict[str, Any]:
        """The HTTP answer, as the gateway takes it from a function (payload format 2.0)."""
        headers = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
        if self.type.retry_after_s is not None:
            headers["Retry-After"] = str(self.type.retry_after_s)
        return {
            "statusCode": self.type.status.value,
            "headers": headers,
            "body": json.dumps(self.body(), ensure_ascii=False),
            "isBase64Encoded": False,
        }


def declared_in(module: Mapping[str, object]) -> tuple[ProblemType, ...]:
    """The refusals of a module, given its `globals()`: all, in the order in which it declares them."""
    return tuple(member for member in module.values() if isinstance(member, ProblemType))


conflict = partial(ProblemType, HTTPStatus.CONFLICT)
not_found = partial(ProblemType, HTTPStatus.NOT_FOUND)
forbidden = partial(ProblemType, HTTPStatus.FORBIDDEN)
unprocessable = partial(ProblemType, HTTPStatus.UNPROCESSABLE_ENTITY)
"""The kinds of refusals that there are many of."""

INVALID_REQUEST = ProblemType(
    HTTPStatus.BAD_REQUEST,
    "INVALID_REQUEST",
    "请求格式不正确，未作任何更改。",
    "The request is malformed; nothing was changed.",
    "请对照 errors 中的位置修改后重试。",
    "Correct the places listed in errors and send it again.",
)
TEXT_LOST = unprocessable(
    "TEXT_LOST",
    "有文字已在转换编码时丢失（U+FFFD），未作任何更改。",
    "Text was lost in another encoding (U+FFFD); nothing was changed.",
    "请重新输入显示为“�”的文字后重试；位置见 errors。",
    "Type again what shows as a question mark in a diamond (errors has the places), then send it.",
)
UNSUPPORTED_MEDIA_TYPE = ProblemType(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "UNSUPPORTED_MEDIA_TYPE",
    "请求正文必须是 application/json。",
    "The request body must be application/json.",
    "请设置 Content-Type: application/json 后重试。",
    "Set Content-Type: application/json and send it again.",
)
PAYLOAD_TOO_LARGE = ProblemType(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "PAYLOAD_TOO_LARGE",
    "请求正文过大，未作任何更改。",
    "The request body is too large; nothing was changed.",
    "请缩短内容后重试。",
    "Send less.",
)
NOT_FOUND = not_found(
    "NOT_FOUND",
    "没有找到您要的内容。",
    "There is nothing here.",
    "请检查链接，或返回首页。",
    "Check the address, or go back to the home page.",
)
METHOD_NOT_ALLOWED = ProblemType(
    HTTPStatus.METHOD_NOT_ALLOWED,
    "METHOD_NOT_ALLOWED",
    "此地址不支持该请求方法，未作任何更改。",
    "This address does not take this method; nothing was changed.",
    "请使用 Allow 响应头列出的方法。",
    "Use a method that the header Allow lists.",
)
NOT_SIGNED_IN = ProblemType(
    HTTPStatus.UNAUTHORIZED,
    "NOT_SIGNED_IN",
    "请先登录。",
    "Please sign in first.",
    "登录后重试。",
    "Sign in and try again.",
)
WRONG_ROLE = forbidden(
    "WRONG_ROLE",
    "您的账号没有执行此操作的权限。",
    "Your account may not do this.",
    "请使用有权限的账号，或联系管理员。",
    "Use an account with the right role, or ask an administrator.",
)
FORBIDDEN_ORIGIN = forbidden(
    "FORBIDDEN_ORIGIN",
    "请通过学时的网站地址访问。",
    "Please use the public address of Xueshi.",
    "请从网站或应用内重试。",
    "Try again from the site or the app.",
)
IDEMPOTENCY_KEY_REQUIRED = ProblemType(
    HTTPStatus.BAD_REQUEST,
    "IDEMPOTENCY_KEY_REQUIRED",
    "缺少有效的 Idempotency-Key 请求头（16 至 64 位字母、数字或连字符）。",
    "A valid Idempotency-Key header is missing (16 to 64 letters, digits or hyphens).",
    "为每次操作生成一个新的键；重试同一操作时使用同一个键。",
    "Make a new key for each action; send the same key when you retry it.",
)
IDEMPOTENCY_KEY_REUSED = unprocessable(
    "IDEMPOTENCY_KEY_REUSED",
    "该 Idempotency-Key 已用于另一个内容不同的请求，本次未作更改。",
    "This Idempotency-Key was used for a different request; this one changed nothing.",
    "请为新的操作生成一个新的键。",
    "Make a new key for a new action.",
)
BUSY = conflict(
    "BUSY",
    "同一内容正被同时更改，本次未作更改。",
    "The same thing is being changed at the same time; this request changed nothing.",
    "请稍后用同一请求重试。",
    "Send the same request again in a moment.",
    retry_after_s=1,
)
OVERLOADED = ProblemType(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "OVERLOADED",
    "当前请求过多，本次未作更改。",
    "There are too many requests at the moment; this one changed nothing.",
    "请稍后用同一请求重试。",
    "Send the same request again in a moment.",
    retry_after_s=2,
)
INTERNAL = ProblemType(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "INTERNAL",
    "系统出错，我们已收到通知。已确认保存的内容不受影响。",
    "Something failed on our side and we have been told. Nothing acknowledged is lost.",
    "请稍后重试。",
    "Try again later.",
)

COMMON = declared_in(globals())
