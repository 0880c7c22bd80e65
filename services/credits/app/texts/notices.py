"""What notices say, in Chinese and English."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from services.credits.app.texts.reasons import TEXTS, Text, other_certificates_text
from services.credits.app.texts.shortfalls import missing_text
from services.credits.app.texts.wording import day_en, day_zh, hours_text
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import Outcome
from services.credits.domain.ledger import Kind, Reason
from services.credits.domain.notices import (
    AnswerMessage,
    CertificateMessage,
    DeadlineMessage,
    HoursMessage,
    Message,
    NoticeKind,
    Part,
)
from services.kit.days import ONE_DAY


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
_DECLINED = Text("没有学时计入{of}", "No hours count{towards}")
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


_CONFIRMED = NoticeText(
    Text("{of} 证书已确认", "Your {of} certificate is confirmed"),
    Text(
        "管理员已确认您的 {of} 证书；为它暂存的学时，不再缺其他条件的，现已计入。",
        "An administrator has confirmed your {of} certificate. Hours that waited for this alone count now.",
    ),
)
_RETURNED = NoticeText(
    Text("{of} 证书暂未确认，请更正或补充", "Your {of} certificate was not confirmed: please correct it"),
    Text(
        "管理员的说明见「学时」页的该证书；更正或补充后再次提交即可，学时仍为您暂存。",
        "What is missing stands beside the certificate on your hours page. Correct it and send it again; your "
        "hours are still held for you.",
    ),
)


_MAIL = """{zh}

到「学时」查看：{url}/hours
不想再收到这类邮件？在通知设置中关闭：{url}/notices

{en}

See your hours: {url}/hours
No more mails of this kind? Switch them off: {url}/notices

学时 Xueshi
您收到这封邮件，是因为有人在「学时」把它填为自己的邮箱；如果不是您，请忽略。
Somebody gave this address as theirs at Xueshi; if that was not you, please ignore this mail.
"""


def mail_of(told: Message, public_url: str) -> tuple[str, str]:
    """The subject and the text of a notice's e-mail."""
    title, body = text_of(told)
    return f"【学时】{title.zh} · {title.en}", _MAIL.format(zh=body.zh, en=body.en, url=public_url)


def text_of(told: Message) -> NoticeText:
    """The text of a notice."""
    if isinstance(told, DeadlineMessage):
        return _deadline(told)
    if isinstance(told, CertificateMessage):
        return _named(_CONFIRMED if told.confirmed else _RETURNED, told.credential)
    if isinstance(told, AnswerMessage):
        return _filled(_ANSWERS[told.outcome], told, [told.credential])
    return _hours(told)


def _named(text: NoticeText, credential: Credential) -> NoticeText:
    title, body = (Text(part.zh.format(of=credential), part.en.format(of=credential)) for part in text)
    return NoticeText(title, body)


def _hours(told: HoursMessage) -> NoticeText:
    main, others = (told.parts[0] if told.parts else None), told.parts[1:]
    reasons = [TEXTS[told.reason], *(_beside(part) for part in others)]
    declined = main is not None and main.kind is Kind.DECLINED
    headline = _DECLINED if declined else _HEADLINES[told.kind]
    zh, en = "".join(text.zh for text in reasons), " ".join(text.en for text in reasons)
    body = Text(f"《{{title}}》：{zh}", f"“{{title}}”: {en}")
    return _filled(NoticeText(headline, body), told, main.credentials if main else _one(told.credential))


def _beside(part: Part) -> Text:
    """What became of the watch for other certificates."""
    if part.reason is Reason.NO_CERTIFICATE:
        return other_certificates_text(part.credentials)
    reason = TEXTS[part.reason]
    return Text(f"{'、'.join(part.credentials)}：{reason.zh}", f"{', '.join(part.credentials)}: {reason.en}")


def _missing(told: DeadlineMessage) -> Text:
    if told.missing is None:
        return _sums_missing(told)
    return missing_text(told.missing, told.deadline - told.days_left * ONE_DAY)


def _sums_missing(told: DeadlineMessage) -> Text:
    """Of a notice that knows three sums, and nothing of the period's earlier years."""
    sums = (told.remaining, told.compulsory_remaining, told.year_remaining)
    if told.remaining is None:
        return Text(
            "该证书的学时要求未知，请以认证机构公布的为准。", "What this certificate asks for is not known to us."
        )
    if not any(sums):
        return Text(
            "本周期总学时、必修学时和最后一年的最低要求已满足；如尚未申报，请及时申报。",
            "The period's hours, its compulsory ones and the last year's minimum are there; declare them if you have "
            "not yet.",
        )
    total, compulsory, year = (hours_text(hours or Decimal(0)) for hours in sums)
    return Text(
        f"还差 {total} 学时；必修还差 {compulsory} 学时，最后一年的最低要求还差 {year} 学时。",
        f"{total} hours are missing; of the compulsory ones {compulsory}, of the last year's minimum {year}.",
    )


def _deadline(told: DeadlineMessage) -> NoticeText:
    missing, of_year = _missing(told), told.year_start is not None
    what = Text(f"{told.credential} 年度最低学时", f"A year of your {told.credential} period")
    if not of_year:
        what = Text(f"{told.credential} 周期", f"Your {told.credential} period")
    title = Text(f"{what.zh}{_left_zh(told.days_left)}", f"{what.en} ends {_left_en(told.days_left)}")
    if of_year:
        return NoticeText(title, missing)
    last_zh, last_en = day_zh(told.deadline), day_en(told.deadline)
    body = Text(f"本周期最后一天是{last_zh}。{missing.zh}", f"The period's last day is {last_en}. {missing.en}")
    return NoticeText(title, body)


def _left_zh(days: int) -> str:
    return f"还有 {days} 天截止" if days else "今天截止"


def _left_en(days: int) -> str:
    return {0: "today", 1: "in 1 day"}.get(days, f"in {days} days")


def _filled(text: NoticeText, told: HoursMessage | AnswerMessage, credentials: Sequence[Credential]) -> NoticeText:
    values = {"hours": hours_text(told.hours), "of": "", "towards": ""}
    if credentials:
        values |= {"of": f"（{'、'.join(credentials)}）", "towards": f" ({', '.join(credentials)})"}
    named = {"title": told.title}, {"title": told.title_en or told.title}
    title, body = (Text(part.zh.format(**values, **named[0]), part.en.format(**values, **named[1])) for part in text)
    return NoticeText(title, body)


def _one(credential: Credential | None) -> Sequence[Credential]:
    return (credential,) if credential else ()
