"""Refusals of watching, and what they say is saved."""

from http import HTTPStatus

from services.kit.problems import ProblemType, conflict, forbidden, not_found, unprocessable
from services.playback.domain.watch import Attempt, Live

COURSE_NOT_FOUND = not_found(
    "COURSE_NOT_FOUND",
    "没有这门课程。",
    "There is no such course.",
    "请返回课程列表重新选择。",
    "Choose a course from the list.",
)
NOT_ENTITLED = forbidden(
    "NOT_ENTITLED",
    "您还没有这门课程的学习权限。",
    "You do not have this course yet.",
    "请先领取或购买课程；会员课程库中的课程，开通会员即可观看。刚刚办理的，请几秒后重试。",
    "Claim or buy the course; those of the members' library open to members. If you just did, try again in a moment.",
)
ENTITLEMENT_ENDED = forbidden(
    "ENTITLEMENT_ENDED",
    "您对这门课程的学习权限已结束，已保存的进度不受影响。",
    "Your access to this course has ended; what was saved is kept.",
    "续费或购买后可从保存处继续。",
    "Renew or buy the course to go on from where you were.",
)
ENTITLEMENT_REVOKED = forbidden(
    "ENTITLEMENT_REVOKED",
    "您对这门课程的学习权限已收回（例如已退款），已保存的进度不受影响。",
    "Your access to this course was taken back (by a refund, for instance); what was saved is kept.",
    "如您另有该课程的学习权限，请重新开始，将从已保存处继续；否则请购买课程。刚刚购买的，请几秒后重试。",
    "If you have the course otherwise, start again to go on from there; else buy it. If you just did, wait a moment.",
)
TAKEOVER_REQUIRED = conflict(
    "TAKEOVER_REQUIRED",
    "您正在另一处学习。同一时间只能在一处学习。",
    "You are watching elsewhere; only one place at a time counts.",
    "确认后可在此继续(take_over: true),另一处将停止。",
    "Continue here with take_over: true; the other place will stop.",
)
TOKEN_INVALID = ProblemType(
    HTTPStatus.BAD_REQUEST,
    "TOKEN_INVALID",
    "学习凭证无效，未作任何更改。",
    "The session token is not valid; nothing was changed.",
    "请重新开始学习，将从已保存处继续。",
    "Start again; you go on from what was saved.",
)
TOKEN_STALE = conflict(
    "TOKEN_STALE",
    "学习凭证已使用过，本次未计入。",
    "The session token was already used; this request counted for nothing.",
    "请使用最近一次返回的凭证，或重新开始学习。",
    "Use the newest token you were given, or start again.",
)
LEASE_EXPIRED = conflict(
    "LEASE_EXPIRED",
    "本次学习会话已结束，已保存的进度不受影响。",
    "This session has ended; what was saved is kept.",
    "请重新开始学习，将从已保存处继续。",
    "Start again; you go on from what was saved.",
)
LEASE_SUPERSEDED = conflict(
    "LEASE_SUPERSEDED",
    "您已在另一处继续学习，此处已停止。",
    "You went on watching elsewhere, so this place has stopped.",
    "如需在此继续，请重新开始学习。",
    "Start again to go on here.",
)
NO_OPEN_PROMPT = conflict(
    "NO_OPEN_PROMPT",
    "现在没有需要确认的互动。",
    "No prompt is waiting to be confirmed.",
    "请继续观看。",
    "Go on watching.",
)
CHOICE_REQUIRED = unprocessable(
    "CHOICE_REQUIRED",
    "这个互动要回答一道题，请选择一个答案；进度没有变化。",
    "This prompt asks a question: choose an answer. Nothing was changed.",
    "请选择答案后再确认，不限时间。",
    "Choose an answer, then confirm; take your time.",
)
CHOICE_UNKNOWN = unprocessable(
    "CHOICE_UNKNOWN",
    "没有这个选项，进度没有变化。",
    "There is no such choice. Nothing was changed.",
    "请从列出的选项中选择一个。",
    "Choose one of the choices that are listed.",
)
NONCE_WRONG = conflict(
    "NONCE_WRONG",
    "这不是当前需要确认的互动，未计入。",
    "This is not the prompt that is waiting; nothing was confirmed.",
    "请确认页面上当前显示的互动。",
    "Confirm the prompt that is shown now.",
)
WATCH_RECORD_BROKEN = conflict(
    "WATCH_RECORD_BROKEN",
    "您的学习记录未通过完整性校验，暂时不能继续；我们已收到通知。",
    "The record of this watch failed its integrity check, so it cannot go on; we have been told.",
    "请稍后再试，或联系客服；其他课程不受影响。",
    "Try again later, or ask support; other courses are not affected.",
)

WATCHING_PROBLEMS = (
    WATCH_RECORD_BROKEN,
    COURSE_NOT_FOUND,
    NOT_ENTITLED,
    ENTITLEMENT_ENDED,
    ENTITLEMENT_REVOKED,
    TAKEOVER_REQUIRED,
    TOKEN_INVALID,
    TOKEN_STALE,
    LEASE_EXPIRED,
    LEASE_SUPERSEDED,
    NO_OPEN_PROMPT,
    CHOICE_REQUIRED,
    CHOICE_UNKNOWN,
    NONCE_WRONG,
)

MEDIA_PROBLEMS = (
    COURSE_NOT_FOUND,
    NOT_ENTITLED,
    TOKEN_INVALID,
    LEASE_SUPERSEDED,
    LEASE_EXPIRED,
    ENTITLEMENT_ENDED,
    ENTITLEMENT_REVOKED,
    WATCH_RECORD_BROKEN,
)


def saved_part(watch: Live | Attempt) -> dict[str, object]:
    """What is kept: the course, and the credited prefix in milliseconds."""
    return {"course_id": watch.course_id, "furthest_ms": watch.furthest_ms, "completed": watch.completed_at is not None}
