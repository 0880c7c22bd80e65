"""This machine's mailbox: what the system sends by e-mail, and the user pool's codes, as the emulator took them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

PATH = "/_local/mailbox"
MESSAGES = "/_ministack/ses/messages"
"""Where the emulator tells what it took."""

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f;
background:#f4f5f7}
article{background:#fff;border-radius:12px;padding:1.2rem 1.5rem;margin:1rem 0}h1{font-size:1.3rem}
h2{font-size:1.05rem;margin:0 0 .4rem}p{margin:.2rem 0;color:#4a4a4f;overflow-wrap:anywhere}
pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;margin:.8rem 0 0}
"""


@dataclass(frozen=True)
class Mail:
    """One message."""

    at: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str


def mails_of(answer: Mapping[str, Any]) -> list[Mail]:
    """The messages in the emulator's answer, newest first."""
    return sorted(_mails(answer), key=lambda mail: mail.at, reverse=True)


def mailbox_page(mails: list[Mail]) -> str:
    """The page, in Chinese and English."""
    shown = "".join(_article(mail) for mail in mails) or "<p>还没有邮件。 · No mail yet.</p>"
    return f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>本机邮箱 · Local mailbox</title>
<style>{STYLE}</style></head><body><h1>本机邮箱 · Local mailbox</h1>
<p>系统发出的邮件都留在这里，不会真正寄出。 · What the system sends stays here; nothing leaves this machine.</p>
<main>{shown}</main></body></html>"""


def _mails(answer: Mapping[str, Any]) -> Iterator[Mail]:
    for account in answer["messages"].values():
        for message in account:
            yield Mail(
                at=datetime.fromtimestamp(message["Timestamp"], UTC),
                sender=message["Source"],
                to=tuple(message["To"]),
                subject=message["Subject"],
                text=message["BodyText"] or message["BodyHtml"] or "",
            )


def _article(mail: Mail) -> str:
    local = mail.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return (
        f"<article><h2>{escape(mail.subject)}</h2><p>{escape(mail.sender)} → {escape(', '.join(mail.to))}</p>"
        f"<p>{local}</p><pre>{escape(mail.text)}</pre></article>"
    )
