"""What the learner reads of hours that are missing: in the account, in notices and mails, and in the calendar."""

from collections.abc import Sequence
from datetime import date

from services.credits.app.texts.reasons import Text
from services.credits.app.texts.wording import day_en, day_zh, hours_text, period_en, period_zh
from services.credits.domain.balances import Requirement, Shortfall

_WHAT = {
    Requirement.PERIOD: Text("本周期", "This period"),
    Requirement.COMPULSORY: Text("本周期必修", "Of compulsory hours this period"),
}


def missing_text(shortfalls: Sequence[Shortfall], today: date) -> Text:
    """All that is missing as of a day."""
    if not shortfalls:
        return Text(
            "学时已满足要求；如尚未申报，请及时申报。",
            "All required hours are there; declare them if you have not yet.",
        )
    texts = [shortfall_text(shortfall, today) for shortfall in shortfalls]
    return Text("".join(text.zh for text in texts), " ".join(text.en for text in texts))


def shortfall_text(shortfall: Shortfall, today: date) -> Text:
    """What is missing by when, and what waits of it."""
    if shortfall.requirement is Requirement.YEAR:
        return _year_text(shortfall, today)
    what, hours, deadline = _WHAT[shortfall.requirement], hours_text(shortfall.missing), shortfall.span.end
    waiting = _waiting(shortfall)
    if deadline is None:
        return Text(f"{what.zh}还差 {hours} 学时{waiting.zh}。", f"{what.en} still needs {hours} hours{waiting.en}.")
    if deadline < today:
        return Text(
            f"{what.zh}已于{day_zh(deadline)}结束，少 {hours} 学时{waiting.zh}。",
            f"{what.en} ended on {day_en(deadline)}, {hours} hours short{waiting.en}.",
        )
    return Text(
        f"{what.zh}还差 {hours} 学时，截止{day_zh(deadline)}{waiting.zh}。",
        f"{what.en} still needs {hours} hours by {day_en(deadline)}{waiting.en}.",
    )


def _year_text(shortfall: Shortfall, today: date) -> Text:
    """A period has several years, so each is called by its days."""
    year, hours, waiting = shortfall.span, hours_text(shortfall.missing), _waiting(shortfall)
    what = Text(f"{period_zh(year)}这一年", f"The year from {period_en(year)}")
    if year.end is not None and year.end < today:
        return Text(
            f"{what.zh}已结束，少 {hours} 学时{waiting.zh}。", f"{what.en} is over, {hours} hours short{waiting.en}."
        )
    return Text(f"{what.zh}还差 {hours} 学时{waiting.zh}。", f"{what.en} still needs {hours} hours{waiting.en}.")


def _waiting(shortfall: Shortfall) -> Text:
    if not shortfall.waiting:
        return Text("", "")
    hours = hours_text(shortfall.waiting)
    return Text(f"；其中 {hours} 学时已看完，暂存中", f"; {hours} of them were watched and are held")
