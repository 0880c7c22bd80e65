"""What the learner reads, before a course is begun, of what it would give."""

from services.credits.app.texts.reasons import Text
from services.credits.domain.ledger import Reason

ADVICE_TEXTS = {
    Reason.COMPLETED: Text(
        "完整观看并确认全部互动后，学时即可计入。", "Watched in full, every prompt confirmed, these hours will count."
    ),
    Reason.NO_CERTIFICATE: Text(
        "您尚未登记该证书：学时会先暂存，登记并经管理员确认后自动计入。",
        "You have not registered this certificate: the hours will be held until it is registered and confirmed.",
    ),
    Reason.CERTIFICATE_NOT_CONFIRMED: Text(
        "该证书尚未经管理员确认：学时会先暂存，确认后自动计入。",
        "The certificate is not confirmed yet: the hours will be held, and count once an administrator confirms it.",
    ),
    Reason.CERTIFICATE_EXPIRED: Text(
        "该证书今天不在有效期内：学时会先暂存，续期登记后自动计入。",
        "The certificate is not valid today: the hours will be held, and count once its renewal is recorded.",
    ),
    Reason.PROFILE_INCOMPLETE: Text(
        "您尚未填写实名：学时会先暂存，填写后自动计入。",
        "Your profile has no real name yet: the hours will be held, and count once you give it.",
    ),
    Reason.MEMBER_QUOTA_EXCEEDED: Text(
        "本会员期剩余的学时额度不足以计入此课程：学时会整笔暂存，本会员期的额度空出或提高后自动计入；续费的会员期另有额度，"
        "不补计以前的观看。购买此课程则不占用额度。",
        "Your membership period has too few hours left for this course: all of it will be held until it fits. "
        "A renewed membership has a quota of its own, which is not for earlier watches. Bought, the course takes "
        "nothing of the quota.",
    ),
    Reason.NO_ELIGIBLE_CREDENTIAL: Text("此课程不能为任何证书申报学时。", "This course gives hours to no certificate."),
    Reason.CREDENTIAL_NOT_ELIGIBLE: Text(
        "此课程不能申报该证书的学时。", "This course gives no hours to this certificate."
    ),
    Reason.BEFORE_FIRST_PERIOD: Text(
        "该证书登记的周期尚未开始，现在完成不计入学时。",
        "The certificate's registered period has not started; completed now, the course gives it no hours.",
    ),
    Reason.ALREADY_AWARDED_IN_PERIOD: Text(
        "同一课程内容在本周期内已计过学时，再次学习不重复计入。",
        "This lecture has already counted in this period; watched again, it gives nothing more.",
    ),
}
"""Every reason that `domain/awarding.py` gives a completed watch."""
