"""Refusals around signing in."""

from services.kit.problems import conflict, declared_in, forbidden, not_found

NO_DEVICE = conflict(
    "NO_DEVICE",
    "还没有验证过的动态验证码设备，未作任何更改。",
    "No device with codes was verified yet; nothing was changed.",
    "请先用验证器扫码并输入一次动态验证码。",
    "Scan the code with an authenticator and enter one of its codes first.",
)
SECOND_FACTOR_ON = conflict(
    "SECOND_FACTOR_ON",
    "两步验证已经启用。",
    "The second factor is set up already.",
    "如需更换设备，请用恢复代码或请管理员重置。",
    "To change the device, use a recovery code or ask an administrator for a reset.",
)
NO_SECOND_FACTOR = conflict(
    "NO_SECOND_FACTOR",
    "该账号没有启用两步验证，未作任何更改。",
    "The account has no second factor; nothing was changed.",
    "本人下次登录时即可设置。",
    "Its owner can set one up at the next sign-in.",
)
RECOVERY_REFUSED = forbidden(
    "RECOVERY_REFUSED",
    "邮箱、密码与恢复代码不相符，或该代码已用过。",
    "E-mail, password and recovery code do not belong together, or the code was used.",
    "请检查后重试，或请另一位管理员重置。",
    "Check them and try again, or ask another administrator for a reset.",
)
OWN_RESET = forbidden(
    "OWN_RESET",
    "不能重置自己的两步验证。",
    "Nobody may reset their own second factor.",
    "请使用恢复代码，或请另一位管理员处理。",
    "Use a recovery code, or ask another administrator.",
)
ACCOUNT_NOT_FOUND = not_found(
    "ACCOUNT_NOT_FOUND",
    "没有使用该邮箱的账号。",
    "No account has this e-mail address.",
    "请检查邮箱。",
    "Check the address.",
)
SIGN_IN_NOT_FOUND = not_found(
    "SIGN_IN_NOT_FOUND",
    "没有这次登录，或它早已结束。",
    "There is no such sign-in, or it ended long ago.",
    "请刷新列表。",
    "Load the list again.",
)
SIGN_IN_NOT_NAMED = conflict(
    "SIGN_IN_NOT_NAMED",
    "登录凭据没有标明是哪一次登录。",
    "The token does not say of which sign-in it is.",
    "请重新登录。",
    "Sign in again.",
)
SIGN_IN_RECENTLY = forbidden(
    "SIGN_IN_RECENTLY",
    "更改登录方式或删除账号前，请先重新登录一次以确认是您本人。",
    "Before what you sign in with is changed, or your account is deleted, sign in once more to prove that it is you.",
    "请重新登录后十分钟内操作。",
    "Sign in again, and do it within ten minutes.",
)
ACCESS_PROBLEMS = declared_in(globals())
