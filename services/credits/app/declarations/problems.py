"""Refusals of what concerns declarations."""

from services.kit.problems import conflict, declared_in, not_found, unprocessable

NOTHING_TO_DECLARE = conflict(
    "NOTHING_TO_DECLARE",
    "该证书在此周期没有可申报的学时。",
    "No hours were awarded to this certificate in this period, so there is nothing to declare.",
    "请在学时账户中查看已计入的学时及其所属周期。",
    "See your account for the hours that count, and their periods.",
)
BATCH_EMPTY = conflict(
    "BATCH_EMPTY",
    "该证书目前没有可报送的学时，未生成批次。",
    "No hours that stand are waiting to be declared for this certificate; no batch was closed.",
    "有学员申报、或正在复核的学时有了结论后再试。",
    "Try again once learners have declared hours, or reviews of what they declared are over.",
)
BATCH_NOT_FOUND = not_found(
    "BATCH_NOT_FOUND",
    "没有这个批次，或它的文件尚未生成。",
    "There is no such batch, or its file is not written yet.",
    "请检查批次编号；若文件尚未生成，请再次执行关闭批次。",
    "Check the batch's number; if its file is missing, close the batch again.",
)
RESULTS_INVALID = unprocessable(
    "RESULTS_INVALID",
    "结果文件有错误，整份文件均未导入。",
    "The file of results has mistakes; nothing of it was imported.",
    "请改正列出的每一行（errors）后重新导入。",
    "Correct every line that is listed (errors) and import the file again.",
)

DECLARATION_PROBLEMS = declared_in(globals())
