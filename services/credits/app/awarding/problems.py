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
GRANT_NOT_VALID = unprocessable(
    "GRANT_NOT_VALID",
    "该证书在这一天不在有效期内，学时未记入。",
    "The certificate is not valid on that day; no hours were entered.",
    "请先登记包含这一天的续期。",
    "Record a renewal that covers the day first.",
)
GRANT_REPEATED = conflict(
    "GRANT_REPEATED",
    "同一天的同一活动已为该证书记入过学时；学时未记入。",
    "Hours of this day's seminar were entered for the certificate before, see `number`; no hours were entered.",
    "请核对学员的学时明细；先前记错的，先冲回再记入。",
    "Look at the learner's timeline; if those are wrong, take them back first.",
)
GRANT_TOO_MUCH = unprocessable(
    "GRANT_TOO_MUCH",
    "该周期由管理员记入的学时将超过上限 most_hours，学时未记入。",
    "More hours would have been entered in the period than `most_hours`; no hours were entered.",
    "请核对学时；上限见规则。",
    "Check the hours; the rules say how many may be entered.",
)
GRANT_NEEDS_SECOND = conflict(
    "GRANT_NEEDS_SECOND",
    "该周期由管理员记入的学时将超过一人可记入的 alone_hours，学时未记入。",
    "More hours would have been entered in the period than one administrator may alone (`alone_hours`).",
    "请提交为待批准的记入，由另一位管理员批准。",
    "Propose them: another administrator approves.",
)
PROPOSAL_NOT_FOUND = not_found(
    "PROPOSAL_NOT_FOUND",
    "没有这项待批准的记入。",
    "There is no such proposal.",
    "请刷新后再看。",
    "Look again.",
)
OWN_PROPOSAL = forbidden(
    "OWN_PROPOSAL",
    "不能批准自己提交的记入。",
    "Nobody may approve what they proposed themselves.",
    "请由另一位管理员批准。",
    "Ask another administrator.",
)

AWARDING_PROBLEMS = declared_in(globals())
