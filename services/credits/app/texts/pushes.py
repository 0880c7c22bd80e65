"""What devices show of notices: that there is something to read, and nothing of what it is about."""

from services.credits.app.texts.reasons import Text
from services.credits.domain.notices import NoticeKind
from services.credits.domain.push import Language, Push

_TITLES = {
    NoticeKind.AWARD: Text("您的学时有新进展", "There is news of your hours"),
    NoticeKind.HOLD: Text("您的学时有新进展", "There is news of your hours"),
    NoticeKind.RELEASE: Text("您的学时有新进展", "There is news of your hours"),
    NoticeKind.REVERSAL: Text("您的学时有新进展", "There is news of your hours"),
    NoticeKind.DECLARATION: Text("您收到一条答复", "You have an answer"),
    NoticeKind.DEADLINE: Text("一个截止日期临近", "A deadline is near"),
}
_BODY = Text("打开「学时」查看。", "Open Xueshi to read it.")
_PATH = "/notices"


def push_of(kind: NoticeKind, number: int, language: Language) -> Push:
    """What a device is told of a notice. Told again, it shows one notification."""
    title = _TITLES[kind]
    said = (title.zh, _BODY.zh) if language is Language.CHINESE else (title.en, _BODY.en)
    return Push(*said, path=_PATH, tag=f"notice-{number}")
