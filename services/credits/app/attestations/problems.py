"""Refusals of what concerns documents and notices."""

from http import HTTPStatus

from services.kit.problems import ProblemType, conflict, declared_in, not_found, unprocessable

NOT_AN_AWARD = not_found(
    "NOT_AN_AWARD",
    "您的学时记录中没有这一条计入记录。",
    "There is no such award among your hours.",
    "请在学时明细中选择一条“已计入”的记录。",
    "Choose an entry of your timeline that counts.",
)
AWARD_UNDER_REVIEW = conflict(
    "AWARD_UNDER_REVIEW",
    "该笔学时正在复核，复核期间不签发、不提供证书。",
    "These hours are under review; there is no certificate of them meanwhile.",
    "复核结束后再试；原因见学时明细。",
    "Try again once the review is over; your timeline says why.",
)
AWARD_REVOKED = conflict(
    "AWARD_REVOKED",
    "该笔学时已被冲回，不再签发或提供证书。",
    "These hours were taken back, so there is no certificate of them any more.",
    "冲回的原因见学时明细；如有疑问请联系客服。",
    "Your timeline says why; ask us if you disagree.",
)
REAL_NAME_MISSING = conflict(
    "REAL_NAME_MISSING",
    "您还没有填写实名，证书无法签发；学时不受影响。",
    "Your profile has no real name, so no certificate can be issued; your hours are not affected.",
    "请在个人信息中填写实名后再领取证书。",
    "Fill in your real name, then ask for the certificate again.",
)
NAME_NOT_CONFIRMED = conflict(
    "NAME_NOT_CONFIRMED",
    "管理员尚未随证书编号确认您的姓名，学时证书无法签发；学时不受影响。",
    "No administrator has confirmed your name with the certificate's number yet, so no certificate of completion can be"
    " issued; your hours are not affected.",
    "请联系管理员确认姓名后再领取。",
    "Ask an administrator to confirm your name, then ask for the certificate again.",
)
NOT_PRINTABLE = unprocessable(
    "NOT_PRINTABLE",
    "有字符无法印刷，见 characters；证书未签发，学时不受影响。",
    "Some characters cannot be printed, see `characters`; nothing was issued and your hours are not affected.",
    "请检查实名中是否有误输的字符；如确为姓名用字，请联系客服补充字库。",
    "Check your real name for mistyped characters; if they are right, ask us to add them.",
)
ATTESTATION_NOT_FOUND = not_found(
    "ATTESTATION_NOT_FOUND",
    "没有找到对应的学时证书。",
    "There is no such certificate of completion.",
    "请核对证书编号后重试。",
    "Check the number and try again.",
)
NAME_ERASED = ProblemType(
    HTTPStatus.GONE,
    "NAME_ERASED",
    "证书上的姓名已按要求删除，不能再提供证书文件；学时记录不受影响。",
    "The name on this certificate was erased on request, so it can no longer be handed out; the hours stand.",
    "仍可凭证书编号查验其状态。",
    "Its status can still be verified by its number.",
)

VERIFICATION_PROBLEMS = (ATTESTATION_NOT_FOUND, NAME_ERASED)

DOCUMENT_PROBLEMS = declared_in(globals())
