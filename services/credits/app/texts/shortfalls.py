"""What the learner reads of hours that are missing."""

from datetime import date

from services.credits.app.texts.reasons import Text
from services.credits.app.texts.wording import day_en, day_zh, hours_text
from services.credits.domain.balances import Requirement, Shortfall

_WHAT = {
    Requirement.PERIOD: Text("本周期", "This period"),
    Requirement.COMPULSORY: Text("本周期必修", "Of compulsory hours this period"),
    Requirement.YEAR: Text("本年度", "This year"),
}


def shortfall_text(shortfall: Shortfall, today: date) -> Text:
    """What is missing by when, and what waits of it."""
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


def _waiting(shortfall: Shortfall) -> Text:
    if not shortfall.waiting:
        return Text("", "")
    hours = hours_text(shortfall.waiting)
    return Text(f"；其中 {hours} 学时已看完，暂存中", f"; {hours} of them were watched and are held")
