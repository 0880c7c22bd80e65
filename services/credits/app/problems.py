"""The ledger's refusals."""

from http import HTTPStatus

from services.credits.app.documents.problems import DOCUMENT_PROBLEMS
from services.kit.problems import ProblemType

CERTIFICATE_ALREADY_CONFIRMED = ProblemType(
    "CERTIFICATE_ALREADY_CONFIRMED",
    HTTPStatus.CONFLICT,
    "该证书已由管理员确认，不能再修改；已登记的信息保持不变。",
    "An administrator has confirmed this certificate, so it cannot be changed; what is registered stays as it is.",
    "如登记有误，请联系管理员。",
    "If it is wrong, ask an administrator.",
)
PERIOD_START_OUT_OF_RANGE = ProblemType(
    "PERIOD_START_OUT_OF_RANGE",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "周期开始日不能晚于今天(北京时间),也不能早于现有规则的生效日。未作任何更改。",
    "The period cannot start after today (Beijing time) or before the first rule we know. Nothing was changed.",
    "请按证书填写当前周期的开始日，范围见 earliest 与 latest。",
    "Give the day your current period started, from `earliest` to `latest`.",
)
COURSE_NOT_FOUND = ProblemType(
    "COURSE_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "没有这门课程，或没有这个版本。",
    "There is no such course, or not in this version.",
    "请从课程页面重新进入。刚刚发布的，请几秒后重试。",
    "Come from the course's page. If it was just published, try again in a few seconds.",
)
CERTIFICATE_NOT_FOUND = ProblemType(
    "CERTIFICATE_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "该学员没有登记此证书。",
    "This learner has not registered this certificate.",
    "请先由学员登记证书。",
    "The learner registers the certificate first.",
)
CERTIFICATE_NOT_CONFIRMED = ProblemType(
    "CERTIFICATE_NOT_CONFIRMED",
    HTTPStatus.CONFLICT,
    "该证书尚未确认，不能登记续期。",
    "The certificate is not confirmed, so its renewal cannot be recorded.",
    "请先确认证书。",
    "Confirm the certificate first.",
)
VALIDITY_IMPLAUSIBLE = ProblemType(
    "VALIDITY_IMPLAUSIBLE",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "有效期的截止日早于开始日，未作任何更改。",
    "The validity ends before it begins. Nothing was changed.",
    "请按证书核对有效期的起止日期。",
    "Check both days on the certificate.",
)
CERTIFICATE_CHANGED = ProblemType(
    "CERTIFICATE_CHANGED",
    HTTPStatus.CONFLICT,
    "学员在您查看之后修改了证书信息，未予确认。",
    "The learner has changed the certificate since you looked at it; it was not confirmed.",
    "请重新查看后再确认。",
    "Look at it again, then confirm it.",
)
OWN_CERTIFICATE = ProblemType(
    "OWN_CERTIFICATE",
    HTTPStatus.FORBIDDEN,
    "不能确认自己的证书。",
    "Nobody may confirm their own certificate.",
    "请由另一位管理员确认。",
    "Ask another administrator.",
)
SPAN_TOO_LONG = ProblemType(
    "SPAN_TOO_LONG",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "查询的日期范围不正确或过长。",
    "The span of days is too long, or ends before it begins.",
    "请缩短范围（最多天数见 days），分段查询。",
    "Ask for at most `days` days at a time.",
)
NOTHING_TO_DECLARE = ProblemType(
    "NOTHING_TO_DECLARE",
    HTTPStatus.CONFLICT,
    "该证书在此周期没有可申报的学时。",
    "No hours were awarded to this certificate in this period, so there is nothing to declare.",
    "请在学时账户中查看已计入的学时及其所属周期。",
    "See your account for the hours that count, and their periods.",
)
BATCH_EMPTY = ProblemType(
    "BATCH_EMPTY",
    HTTPStatus.CONFLICT,
    "该证书目前没有待申报的学时，未生成批次。",
    "Nothing is waiting to be declared for this certificate; no batch was closed.",
    "有学员申报后再试。",
    "Try again once learners have declared hours.",
)
BATCH_NOT_FOUND = ProblemType(
    "BATCH_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "没有这个批次，或它的文件尚未生成。",
    "There is no such batch, or its file is not written yet.",
    "请检查批次编号；若文件尚未生成，请再次执行关闭批次。",
    "Check the batch's number; if its file is missing, close the batch again.",
)
RESULTS_INVALID = ProblemType(
    "RESULTS_INVALID",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "结果文件有错误，整份文件均未导入。",
    "The file of results has mistakes; nothing of it was imported.",
    "请改正列出的每一行（errors）后重新导入。",
    "Correct every line that is listed (errors) and import the file again.",
)

AWARD_NOT_FOUND = ProblemType(
    "AWARD_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "该学员的账本中没有这笔学时。",
    "There is no such award in this learner's ledger.",
    "请核对学员与记录编号。",
    "Check the learner and the entry's number.",
)
AWARD_VOID = ProblemType(
    "AWARD_VOID",
    HTTPStatus.CONFLICT,
    "这笔学时已经冲回，不能再恢复或暂停；账本未作更改。",
    "This award was taken back for good; it can be neither held nor released. Nothing was changed.",
    "如确需补记，请由管理员另行处理。",
    "If hours are due all the same, ask an administrator.",
)
OWN_AWARD = ProblemType(
    "OWN_AWARD",
    HTTPStatus.FORBIDDEN,
    "不能复核或记入自己的学时。",
    "Nobody may review their own hours, or enter them.",
    "请由另一位工作人员处理。",
    "Ask somebody else.",
)

GRANT_NOT_CONFIRMED = ProblemType(
    "GRANT_NOT_CONFIRMED",
    HTTPStatus.CONFLICT,
    "该学员没有经确认的此证书，学时未记入。",
    "This learner has no confirmed certificate of this kind; no hours were entered.",
    "请先由学员登记、管理员确认证书。",
    "The learner registers the certificate and an administrator confirms it first.",
)
GRANT_OUTSIDE_PERIODS = ProblemType(
    "GRANT_OUTSIDE_PERIODS",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "日期晚于今天(北京时间),或早于该证书的第一个周期。学时未记入。",
    "The day is to come (Beijing time), or before the certificate's first period. No hours were entered.",
    "请核对取得学时的日期，范围见 earliest 与 latest。",
    "Check the day on which they were earned: from `earliest` to `latest`.",
)

PROFILE_CHANGED = ProblemType(
    "PROFILE_CHANGED",
    HTTPStatus.CONFLICT,
    "您的个人信息已在别处修改，本次未保存。",
    "Your profile was changed elsewhere meanwhile; nothing of this was saved.",
    "请查看最新信息后再修改。",
    "Look at it again, then change it.",
)
BIRTHDAY_IMPLAUSIBLE = ProblemType(
    "BIRTHDAY_IMPLAUSIBLE",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "生日晚于今天，或与身份证号码不一致，未保存。",
    "The birthday is to come, or not the one in the identity number; nothing was saved.",
    "请核对生日和身份证号码。",
    "Check both.",
)

PERSON_ERASED = ProblemType(
    "PERSON_ERASED",
    HTTPStatus.CONFLICT,
    "该账号的个人信息已按申请删除，不能再保存个人信息。",
    "This person's data was erased on request; nothing personal is kept under this account any more.",
    "如需继续学习，请注册新账号。",
    "Register a new account to go on.",
)

OWN_ERASURE = ProblemType(
    "OWN_ERASURE",
    HTTPStatus.FORBIDDEN,
    "不能删除自己的个人信息。",
    "Nobody may erase themselves.",
    "请由另一位管理员处理。",
    "Ask another administrator.",
)

NO_DEADLINES = ProblemType(
    "NO_DEADLINES",
    HTTPStatus.NOT_FOUND,
    "没有可放入日历的截止日：您还没有登记证书，或其周期长度未知。",
    "There is no deadline to put into a calendar: no certificate is registered, or its period's length is not known.",
    "登记证书后再试。",
    "Register a certificate first.",
)

RECORDS_PROBLEMS = (SPAN_TOO_LONG, NOTHING_TO_DECLARE, BATCH_EMPTY, BATCH_NOT_FOUND, RESULTS_INVALID)
"""Of the function that keeps the records' way out: to auditors and to the certifying body."""

PROBLEMS = (
    COURSE_NOT_FOUND,
    CERTIFICATE_ALREADY_CONFIRMED,
    PERIOD_START_OUT_OF_RANGE,
    CERTIFICATE_NOT_FOUND,
    CERTIFICATE_CHANGED,
    CERTIFICATE_NOT_CONFIRMED,
    VALIDITY_IMPLAUSIBLE,
    OWN_CERTIFICATE,
    PROFILE_CHANGED,
    BIRTHDAY_IMPLAUSIBLE,
    NO_DEADLINES,
    PERSON_ERASED,
    OWN_ERASURE,
    AWARD_NOT_FOUND,
    AWARD_VOID,
    OWN_AWARD,
    GRANT_NOT_CONFIRMED,
    GRANT_OUTSIDE_PERIODS,
    *RECORDS_PROBLEMS,
    *DOCUMENT_PROBLEMS,
)
"""All of the service, as its API's document lists them."""
