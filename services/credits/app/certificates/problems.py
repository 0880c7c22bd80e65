"""Refusals of what concerns certificates."""

from services.kit.problems import conflict, declared_in, forbidden, not_found, unprocessable

CERTIFICATE_ALREADY_CONFIRMED = conflict(
    "CERTIFICATE_ALREADY_CONFIRMED",
    "该证书已由管理员确认，不能再修改；已登记的信息保持不变。",
    "An administrator has confirmed this certificate, so it cannot be changed; what is registered stays as it is.",
    "如登记有误，请联系管理员。",
    "If it is wrong, ask an administrator.",
)
PERIOD_START_OUT_OF_RANGE = unprocessable(
    "PERIOD_START_OUT_OF_RANGE",
    "周期开始日不能晚于今天(北京时间),也不能早于现有规则的生效日。未作任何更改。",
    "The period cannot start after today (Beijing time) or before the first rule we know. Nothing was changed.",
    "请按证书填写当前周期的开始日，范围见 earliest 与 latest。",
    "Give the day your current period started, from `earliest` to `latest`.",
)
CERTIFICATE_NOT_FOUND = not_found(
    "CERTIFICATE_NOT_FOUND",
    "该学员没有登记此证书。",
    "This learner has not registered this certificate.",
    "请先由学员登记证书。",
    "The learner registers the certificate first.",
)
CERTIFICATE_CHANGED = conflict(
    "CERTIFICATE_CHANGED",
    "学员在您查看之后修改了证书信息，未予确认。",
    "The learner has changed the certificate since you looked at it; it was not confirmed.",
    "请重新查看后再确认。",
    "Look at it again, then confirm it.",
)
CERTIFICATE_NOT_CONFIRMED = conflict(
    "CERTIFICATE_NOT_CONFIRMED",
    "该证书尚未确认，不能登记续期。",
    "The certificate is not confirmed, so its renewal cannot be recorded.",
    "请先确认证书。",
    "Confirm the certificate first.",
)
VALIDITY_IMPLAUSIBLE = unprocessable(
    "VALIDITY_IMPLAUSIBLE",
    "有效期的截止日早于开始日，未作任何更改。",
    "The validity ends before it begins. Nothing was changed.",
    "请按证书核对有效期的起止日期。",
    "Check both days on the certificate.",
)
NUMBER_TAKEN = conflict(
    "NUMBER_TAKEN",
    "该证书编号已为另一账号确认，不能再次使用；即使那个账号的个人信息已删除。未作任何更改。",
    "This number was confirmed for another account, perhaps one that was erased since; nothing was changed.",
    "请核对编号；确为本人证书的，请联系管理员。",
    "Check the number; if it is yours, ask an administrator.",
)
HOURS_STAND = conflict(
    "HOURS_STAND",
    "该证书已有学时计入，周期开始日不能更正。未作任何更改。",
    "Hours count for this certificate, so the first day of its period cannot be corrected; nothing was changed.",
    "请先冲回这些学时，更正后再重新记入。",
    "Take these hours back first, and enter them anew afterwards.",
)
OWN_CERTIFICATE = forbidden(
    "OWN_CERTIFICATE",
    "不能确认自己的证书。",
    "Nobody may confirm their own certificate.",
    "请由另一位管理员确认。",
    "Ask another administrator.",
)

CERTIFICATE_PROBLEMS = declared_in(globals())
