"""Refusals about payments."""

from http import HTTPStatus

from services.kit.problems import ProblemType, conflict, declared_in, forbidden, not_found

PAYMENT_NOT_FOUND = not_found(
    "PAYMENT_NOT_FOUND",
    "没有这笔支付。",
    "There is no such payment.",
    "请从订单页重新发起支付。",
    "Start the payment again from the order.",
)
ORDER_NOT_PAYABLE = conflict(
    "ORDER_NOT_PAYABLE",
    "此订单已支付、已取消或已过期，不能再支付；未作任何扣款。",
    "This order is paid, cancelled or expired and cannot be paid any more; nothing was charged.",
    "请查看订单状态；如需要，请重新下单。",
    "Look at the order's state; place a new one if you need it.",
)
PAYMENT_METHOD_UNAVAILABLE = conflict(
    "PAYMENT_METHOD_UNAVAILABLE",
    "此支付方式目前不可用，未作任何扣款。",
    "This way of paying is not available at present; nothing was charged.",
    "请选择其他支付方式。",
    "Choose another way of paying.",
)
PAYMENT_PROVIDER_FAILED = conflict(
    "PAYMENT_PROVIDER_FAILED",
    "支付机构暂时没有应答，未作任何扣款；您的订单已保留。",
    "The payment provider did not answer; nothing was charged and your order is kept.",
    "请稍后用同一请求重试，或选择其他支付方式。",
    "Send the same request again in a moment, or choose another way of paying.",
)
PAYER_NOT_PROVEN = forbidden(
    "PAYER_NOT_PROVEN",
    "微信没有为此订单确认付款人，或该确认已用过、已过期；未作任何扣款。",
    "WeChat has not said for this order who pays, or its answer was used or is over; nothing was charged.",
    "请重新发起微信支付。",
    "Start paying with WeChat once more.",
)
NOTIFICATION_REFUSED = ProblemType(
    HTTPStatus.UNAUTHORIZED,
    "NOTIFICATION_REFUSED",
    "无法证明此通知来自支付机构，未作任何更改。",
    "This notification is not proven to be the payment provider's; nothing was changed.",
    "支付机构会按其规则重新发送。",
    "The provider sends it again by its own rules.",
)

PAYMENT_PROBLEMS = declared_in(globals())
