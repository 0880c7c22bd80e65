"""Refusals around what people sign in with."""

from http import HTTPStatus

from services.kit.problems import ProblemType, conflict, declared_in, forbidden, unprocessable

CODE_WRONG = forbidden(
    "CODE_WRONG",
    "验证码不正确。",
    "The code is not right.",
    "请核对最近一次收到的验证码后重试。",
    "Check the code that came last and try again.",
)
CODE_OVER = conflict(
    "CODE_OVER",
    "验证码已失效：已用过、超过 5 分钟，或输错 5 次。",
    "The code is over: it was used, is older than five minutes, or was mistyped five times.",
    "请重新获取验证码。",
    "Ask for another code.",
)
TOO_MANY_CODES = ProblemType(
    HTTPStatus.TOO_MANY_REQUESTS,
    "TOO_MANY_CODES",
    "获取验证码过于频繁，没有发送。",
    "Codes were asked for too often; none was sent.",
    "请在 wait_s 秒后重试。",
    "Try again after wait_s seconds.",
)
PHONE_NOT_SERVED = unprocessable(
    "PHONE_NOT_SERVED",
    "暂不能向这个号码发送验证码。",
    "Codes cannot be sent to this number.",
    "请使用中国大陆手机号，或用邮箱登录。",
    "Use a mobile number of mainland China, or sign in by e-mail.",
)
MESSAGE_NOT_SENT = ProblemType(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "MESSAGE_NOT_SENT",
    "验证码没有发出。",
    "The code could not be sent.",
    "请一分钟后重试，或换一种方式登录。",
    "Try again in a minute, or sign in another way.",
)
NUMBER_IN_DOUBT = conflict(
    "NUMBER_IN_DOUBT",
    "这个号码已有较长时间没有验证过，可能已换了机主。",
    "This number was not proven for long: it may be somebody else's by now.",
    "如果原账号是您的，请补充 accepts 所列的证明，或用其他方式登录；如果不是，可用此号码开始新账号。",
    "If the account is yours, add what accepts lists, or sign in another way; if not, begin a new one with the number.",
)
FURTHER_PROOF_WRONG = forbidden(
    "FURTHER_PROOF_WRONG",
    "补充的证明与账号不符。",
    "What was added does not fit the account.",
    "请检查后重试，或用其他方式登录。",
    "Check it and try again, or sign in another way.",
)
STAFF_SIGN_IN = forbidden(
    "STAFF_SIGN_IN",
    "工作人员账号只能用邮箱、密码与动态验证码登录。",
    "Staff sign in with e-mail, password and a code of the second factor.",
    "请改用邮箱登录。",
    "Sign in by e-mail.",
)
SIGN_IN_REFUSED = forbidden(
    "SIGN_IN_REFUSED",
    "这个账号不能登录。",
    "This account cannot be signed in to.",
    "请联系客服。",
    "Ask support.",
)
ACCOUNTS_BOTH_USED = conflict(
    "ACCOUNTS_BOTH_USED",
    "两个账号都有自己的学时、课程或资料，不能合并；未作任何更改。",
    "Both accounts have hours, courses or a profile of their own and cannot be joined; nothing was changed.",
    "请分别继续使用两个账号，或联系客服说明情况。",
    "Go on with each of them, or tell support what you need.",
)
IDENTITY_TAKEN = conflict(
    "IDENTITY_TAKEN",
    "它属于一个不能合并的账号；未作任何更改。",
    "It belongs to an account that cannot be joined; nothing was changed.",
    "请使用另一个。",
    "Use another one.",
)
LAST_IDENTITY = conflict(
    "LAST_IDENTITY",
    "这是您唯一的登录方式，未作任何更改。",
    "This is the only way in which you sign in; nothing was changed.",
    "请先添加另一种登录方式。",
    "Add another one first.",
)
IDENTITY_ABSENT = conflict(
    "IDENTITY_ABSENT",
    "账号没有这种登录方式。",
    "The account has no such way to sign in.",
    "请刷新页面。",
    "Load the page again.",
)
WECHAT_NOT_OFFERED = conflict(
    "WECHAT_NOT_OFFERED",
    "这里不能用微信登录。",
    "WeChat is not offered here.",
    "请换一种方式登录。",
    "Sign in another way.",
)
CALLBACK_REFUSED = forbidden(
    "CALLBACK_REFUSED",
    "这次微信登录不是在此浏览器发起的，或已用过、已过期。",
    "This answer of WeChat's was not asked for in this browser, was used, or is over.",
    "请重新用微信登录。",
    "Sign in with WeChat once more.",
)
WECHAT_REFUSED = forbidden(
    "WECHAT_REFUSED",
    "微信没有确认这次登录。",
    "WeChat did not confirm this sign-in.",
    "请重新扫码或授权。",
    "Scan or consent once more.",
)
WECHAT_UNAVAILABLE = ProblemType(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "WECHAT_UNAVAILABLE",
    "微信暂时没有应答。",
    "WeChat does not answer at the moment.",
    "请稍后重试，或换一种方式登录。",
    "Try again shortly, or sign in another way.",
)
IDENTITY_PROBLEMS = declared_in(globals())
