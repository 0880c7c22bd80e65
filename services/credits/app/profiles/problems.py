"""Refusals of what concerns a person."""

from services.kit.problems import conflict, declared_in, unprocessable

PROFILE_CHANGED = conflict(
    "PROFILE_CHANGED",
    "您的个人信息已在别处修改，本次未保存。",
    "Your profile was changed elsewhere meanwhile; nothing of this was saved.",
    "请查看最新信息后再修改。",
    "Look at it again, then change it.",
)
BIRTHDAY_IMPLAUSIBLE = unprocessable(
    "BIRTHDAY_IMPLAUSIBLE",
    "生日或身份证号码中的出生日期晚于今天，或两者不一致，未保存。",
    "The birthday, or the one in the identity number, is to come, or they differ; nothing was saved.",
    "请核对生日和身份证号码。",
    "Check both.",
)
PERSON_ERASED = conflict(
    "PERSON_ERASED",
    "该账号的个人信息已按申请删除，不能再保存个人信息。",
    "This person's data was erased on request; nothing personal is kept under this account any more.",
    "如需继续学习，请注册新账号。",
    "Register a new account to go on.",
)

PROFILE_PROBLEMS = declared_in(globals())
