"""What notices say, in Chinese and English."""

from typing import NamedTuple

from services.credits.app.reasons import TEXTS, Text
from services.credits.app.wording import hours_text
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import Outcome
from services.credits.domain.notices import AnswerTold, HoursTold, NoticeKind, Told


class NoticeText(NamedTuple):
    """A notice's headline and what it says."""

    title: Text
    body: Text


_HEADLINES = {
    NoticeKind.AWARD: Text("{hours} 学时已计入{of}", "{hours} hours count{towards}"),
    NoticeKind.HOLD: Text("{hours} 学时已暂存{of}", "{hours} hours are held{towards}"),
    NoticeKind.RELEASE: Text("暂存的 {hours} 学时已处理{of}", "{hours} hours are no longer held{towards}"),
    NoticeKind.REVERSAL: Text("{hours} 学时已冲回{of}", "{hours} hours were taken back{towards}"),
}
_ANSWERS = {
    Outcome.ACCEPTED: NoticeText(
        Text("申报已通过：{hours} 学时{of}", "Declaration accepted: {hours} hours{towards}"),
        Text("《{title}》的学时已由认证机构接受。", "The certifying body has accepted the hours of “{title}”."),
    ),
    Outcome.DENIED: NoticeText(
        Text("申报未通过：{hours} 学时{of}", "Declaration denied: {hours} hours{towards}"),
        Text(
            "认证机构未接受《{title}》的学时，理由见申报记录；学时仍在您的账户中，可以再次申报。",
            "The certifying body has not accepted the hours of “{title}”; your declarations say why. The hours are "
            "still in your account, and can be declared again.",
        ),
    ),
}


def text_of(told: Told) -> NoticeText:
    """The text of a notice."""
    if isinstance(told, AnswerTold):
        return _filled(_ANSWERS[told.outcome], told)
    reason = TEXTS[told.reason]
    body = Text(f"《{{title}}》：{reason.zh}", f"“{{title}}”: {reason.en}")
    return _filled(NoticeText(_HEADLINES[told.kind], body), told)


def _filled(text: NoticeText, told: HoursTold | AnswerTold) -> NoticeText:
    values = {"hours": hours_text(told.hours), "title": told.title, **_credential(told.credential)}
    title, body = (Text(part.zh.format(**values), part.en.format(**values)) for part in text)
    return NoticeText(title, body)


def _credential(credential: Credential | None) -> dict[str, str]:
    return {"of": f"（{credential}）", "towards": f" ({credential})"} if credential else {"of": "", "towards": ""}
