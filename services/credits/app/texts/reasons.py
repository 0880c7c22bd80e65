"""What the learner reads beside an entry."""

from collections.abc import Sequence
from typing import NamedTuple

from services.credits.domain.credentials import Credential
from services.credits.domain.ledger import Reason


class Text(NamedTuple):
    """A reason in Chinese and English."""

    zh: str
    en: str


TEXTS = {
    Reason.COMPLETED: Text("完整观看，已计入学时。", "Watched in full; the hours count."),
    Reason.ADMINISTRATIVE_GRANT: Text(
        "管理员记入的学时，说明见备注。", "Entered by an administrator; the note says what for."
    ),
    Reason.NO_CERTIFICATE: Text(
        "完成时您尚未登记该证书，学时已暂存；登记并经管理员确认后自动计入。",
        "You had not registered this certificate; the hours are held and count once it is registered and confirmed.",
    ),
    Reason.CERTIFICATE_NOT_CONFIRMED: Text(
        "完成时该证书尚未经管理员确认，学时已暂存；确认后自动计入。",
        "The certificate was not confirmed yet; the hours are held and count once an administrator confirms it.",
    ),
    Reason.CERTIFICATE_EXPIRED: Text(
        "完成当天该证书不在有效期内，学时已暂存；管理员登记涵盖当天的有效期后自动计入。",
        "The certificate was not valid on the day of completion; the hours are held, and count once a validity that "
        "covers the day is recorded.",
    ),
    Reason.CERTIFICATE_RENEWED: Text(
        "证书有效期已更新，暂存的学时已处理，结果见下一条记录。",
        "The certificate's validity now covers the day; these hours are no longer held. The next entry says what "
        "became of them.",
    ),
    Reason.MEMBER_QUOTA_EXCEEDED: Text(
        "观看时所在会员期的剩余学时额度不足以计入此课程，学时已整笔暂存；该会员期的额度空出或提高后自动计入。"
        "续费的会员期另有额度，不补计以前的观看：届时或购买后重新学完，即可计入。",
        "The remaining hours of the membership period in which it was watched do not cover this course; all of it is "
        "held, and counts once they do. A renewed membership has a quota of its own, which is not for earlier watches: "
        "watched anew then, or bought and watched anew, the course counts.",
    ),
    Reason.MEMBER_QUOTA_FREED: Text(
        "会员学时额度有变化，暂存的学时已重新处理，结果见下一条记录。",
        "The membership's quota was looked at again; these hours are no longer held. The next entry says what became "
        "of them.",
    ),
    Reason.PROFILE_INCOMPLETE: Text(
        "您尚未填写实名，学时已暂存；填写后自动计入。",
        "Your profile has no real name yet; the hours are held and count once you give it.",
    ),
    Reason.REAL_NAME_GIVEN: Text(
        "您已填写实名，暂存的学时已处理，结果见下一条记录。",
        "You have given your real name; these hours are no longer held. The next entry says what became of them.",
    ),
    Reason.CERTIFICATE_CONFIRMED: Text(
        "证书已确认，暂存的学时已处理，结果见下一条记录。",
        "The certificate is confirmed; these hours are no longer held. The next entry says what became of them.",
    ),
    Reason.NO_ELIGIBLE_CREDENTIAL: Text("此课程不能为任何证书申报学时。", "This course gives hours to no certificate."),
    Reason.CREDENTIAL_NOT_ELIGIBLE: Text(
        "此课程不能申报该证书的学时。", "This course gives no hours to this certificate."
    ),
    Reason.BEFORE_FIRST_PERIOD: Text(
        "完成日早于证书登记的周期开始日，不计入学时。", "Completed before the certificate's period started; no hours."
    ),
    Reason.ALREADY_AWARDED_IN_PERIOD: Text(
        "同一课程内容在本周期内已计过学时，不重复计入。",
        "The same lecture has already counted in this period; it counts once.",
    ),
    Reason.UNDER_REVIEW: Text(
        "审核员正在复核这笔学时，暂不计入，说明见备注；复核通过后自动恢复。",
        "A reviewer is looking into these hours; they do not count meanwhile. The note says why.",
    ),
    Reason.REVIEW_CLEARED: Text("复核通过，学时恢复计入。", "The review found nothing wrong; the hours count again."),
    Reason.REVIEW_VOIDED: Text(
        "经复核，这笔学时不予计入，已冲回，说明见备注；重新学完该课程，可再次计入。",
        "After a review these hours do not count; they were taken back. The note says why. Watched anew, the lecture "
        "can count again.",
    ),
    Reason.REFUNDED: Text(
        "所购课程已由管理员退款，这次观看的学时已撤回，说明见备注；再次取得该课程并重新学完，可再次计入。",
        "An administrator refunded the course, and the hours of this watch were taken back. The note says why. "
        "Got again and watched anew, the lecture can count again.",
    ),
}


def other_certificates_text(credentials: Sequence[Credential]) -> Text:
    """Of hours for certificates that the learner has not registered, and may not hold."""
    return Text(
        f"如您持有 {'、'.join(credentials)}，登记并经确认后，学时也会计入。",
        f"If you hold {', '.join(credentials)}, the hours count for it too, once it is registered and confirmed.",
    )
