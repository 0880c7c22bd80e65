"""The local mailbox: every message, newest first, and nothing in it is taken for markup."""

from local.mailbox import mailbox_page, mails_of


def message(subject: str, at: float, text: str = "您好", html: str | None = None) -> dict[str, object]:
    return {
        "Source": "notices@xueshi.example",
        "To": ["a@example.com"],
        "Subject": subject,
        "BodyText": text,
        "BodyHtml": html,
        "Timestamp": at,
    }


def test_all_accounts_messages_are_there_newest_first() -> None:
    mails = mails_of({"messages": {"1": [message("first", 1.0), message("third", 3.0)], "2": [message("second", 2.0)]}})
    assert [mail.subject for mail in mails] == ["third", "second", "first"]
    page = mailbox_page(mails)
    assert page.index("third") < page.index("second") < page.index("first")
    assert "a@example.com" in page


def test_a_message_with_html_only_shows_its_text_as_it_is() -> None:
    (mail,) = mails_of({"messages": {"1": [message("code", 1.0, text="", html="<b>123456</b>")]}})
    assert "&lt;b&gt;123456&lt;/b&gt;" in mailbox_page([mail])


def test_nothing_in_a_message_is_markup() -> None:
    page = mailbox_page(mails_of({"messages": {"1": [message("<script>x</script>", 1.0, text="<img src=x>")]}}))
    assert "<script>" not in page
    assert "<img" not in page


def test_an_empty_mailbox_says_so() -> None:
    assert "还没有邮件" in mailbox_page(mails_of({"messages": {}}))
