"""The refusal of what is done too often."""

from http import HTTPStatus

from services.kit.problems import ProblemType

TOO_OFTEN = ProblemType(
    HTTPStatus.TOO_MANY_REQUESTS,
    "TOO_OFTEN",
    "今天的次数已达上限，本次未作任何更改。",
    "This is more than one day allows; nothing was changed.",
    "请明天再试。",
    "Try again tomorrow.",
)
