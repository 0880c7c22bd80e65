"""Refusals about coupons."""

from http import HTTPStatus

from services.kit.problems import ProblemType, conflict, declared_in, unprocessable

COUPON_EXISTS = conflict(
    "COUPON_EXISTS",
    "此优惠码已存在，未作任何更改。",
    "There is a coupon of this code already; nothing was changed.",
    "请换一个优惠码，或留空以随机生成。",
    "Choose another code, or none, to get a random one.",
)
COUPON_NOT_FOUND = unprocessable(
    "COUPON_NOT_FOUND",
    "没有这个优惠码，未作任何更改。",
    "There is no such coupon; nothing was changed.",
    "请检查优惠码，或不使用优惠码下单。",
    "Check the code, or order without one.",
)
COUPON_NOT_VALID_NOW = conflict(
    "COUPON_NOT_VALID_NOW",
    "此优惠码不在有效期内，未作任何更改。",
    "This coupon is not valid at present; nothing was changed.",
    "请在有效期内使用，或不使用优惠码下单。",
    "Use it while it is valid, or order without it.",
)
COUPON_NOT_APPLICABLE = conflict(
    "COUPON_NOT_APPLICABLE",
    "此优惠码不适用于所选课程，未作任何更改。",
    "This coupon is for none of these courses; nothing was changed.",
    "请选择适用的课程，或不使用优惠码下单。",
    "Choose a course it is for, or order without it.",
)
COUPON_USED_UP = conflict(
    "COUPON_USED_UP",
    "此优惠码已用完，或您已达到使用次数；未作任何更改。",
    "This coupon is used up, or you have used it as often as you may; nothing was changed.",
    "请不使用优惠码下单；若它在您未付款的订单中，可取消该订单后再用。",
    "Order without it; if an unpaid order of yours holds it, cancel that order first.",
)
TOO_MANY_COUPON_CODES = ProblemType(
    HTTPStatus.TOO_MANY_REQUESTS,
    "TOO_MANY_COUPON_CODES",
    "您输入的优惠码多次有误，暂时不能使用优惠码；您的购物车不受影响。",
    "Too many codes were wrong, so no coupon is taken for a while; your cart is not affected.",
    "请在 retry_at 之后重试，或不使用优惠码下单。",
    "Try again after retry_at, or order without a coupon.",
)
COUPON_NEVER_VALID = unprocessable(
    "COUPON_NEVER_VALID",
    "有效期的结束时间不晚于开始时间，未作任何更改。",
    "The coupon would end before it begins; nothing was changed.",
    "请核对 valid_from 和 valid_until。",
    "Check valid_from and valid_until.",
)

COUPON_PROBLEMS = declared_in(globals())
