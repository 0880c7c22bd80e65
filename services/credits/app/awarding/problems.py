"""Refusals of reviews and grants."""

from services.kit.problems import conflict, declared_in, forbidden, not_found, unprocessable

AWARD_NOT_FOUND = not_found(
    "AWARD_NOT_FOUND",
    "该学员的账本中没有这笔学时。",
    "There is no such award in this learner's ledger.",
    "请核对学员与记录编号。",
    "Check the learner and the entry's number.",
)
AWARD_VOID = conflict(
    "AWARD_VOID",
    "这笔学时已经冲回，不能再恢复或暂停；账本未作更改。",
    "This award was taken back for good; it can be neither held nor released. Nothing was changed.",
    "如确需补记，请由管理员另行处理。",
    "If hours are due all the same, ask an administrator.",
)
OWN_AWARD = forbidden(
    "OWN_AWARD",
    "不能复核或记入自己的学时。",
    "Nobody may review their own hours, or enter them.",
    "请由另一位工作人员处理。",
    "Ask somebody else.",
)
GRANT_NOT_CONFIRMED = conflict(
    "GRANT_NOT_CONFIRMED",
    "该学员没有经确认的此证书，学时未记入。",
    "This learner has no confirmed certificate of this kind; no hours were entered.",
    "请先由学员登记、管理员确认证书。",
    "The learner registers the certificate and an administrator confirms it first.",
)
GRANT_OUTSIDE_PERIODS = unprocessable(
    "GRANT_OUTSIDE_PERIODS",
    "日期晚于今天(北京时间),或早于该证书的第一个周期。学时未记入。",
    "The day is to come (Beijing time), or before the certificate's first period. No hours were entered.",
    "请核对取得学时的日期，范围见 earliest 与 latest。",
    "Check the day on which they were earned: from `earliest` to `latest`.",
)

AWARDING_PROBLEMS = declared_in(globals())
