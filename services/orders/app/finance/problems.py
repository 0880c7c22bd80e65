"""Refusals about exports and summaries for finance."""

from services.kit.problems import declared_in, not_found, unprocessable

DAYS_NOT_EXPORTABLE = unprocessable(
    "DAYS_NOT_EXPORTABLE",
    "日期范围无效：须从早到晚，不超过31天，且不晚于今天；未作任何更改。",
    "These days will not do: from the earlier to the later, 31 at most, none after today; nothing was changed.",
    "请修改日期后重试。",
    "Change the days and try again.",
)
EXPORT_NOT_FOUND = not_found(
    "EXPORT_NOT_FOUND",
    "没有这个导出或其中没有这个文件。",
    "There is no such export, or no such file in it.",
    "请从导出列表重新选择；尚未完成的导出还没有文件。",
    "Choose again from the list of exports; one that is not finished has no files yet.",
)
TOO_MUCH_AT_ONCE = unprocessable(
    "TOO_MUCH_AT_ONCE",
    "所选日期的收支笔数太多，无法即时汇总。",
    "There are too many payments and refunds on these days to sum them up at once.",
    "请减少天数，或申请导出：导出中附有同样的汇总。",
    "Choose fewer days, or ask for an export: it holds the same summary.",
)
RECONCILIATION_NOT_FOUND = not_found(
    "RECONCILIATION_NOT_FOUND",
    "没有这次对账或其中没有这个文件。",
    "There is no such reconciliation, or no such file of it.",
    "请从对账列表重新选择；尚未完成的对账还没有文件。",
    "Choose again from the list of reconciliations; one that is not finished has no files yet.",
)
DIFFERENCE_NOT_FOUND = not_found(
    "DIFFERENCE_NOT_FOUND",
    "这次对账没有这笔差异；未作任何更改。",
    "This reconciliation has no such difference; nothing was changed.",
    "请从对账结果所列的差异中选择。",
    "Choose one of the differences that it lists.",
)

EXPORT_PROBLEMS = declared_in(globals())
