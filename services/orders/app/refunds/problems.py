"""Refusals about refunds."""

from services.kit.problems import conflict, declared_in, not_found

REFUND_NOT_FOUND = not_found(
    "REFUND_NOT_FOUND",
    "没有这笔退款。",
    "There is no such refund.",
    "请从订单中查看其退款。",
    "Look at the order's refunds.",
)
ORDER_NOT_REFUNDABLE = conflict(
    "ORDER_NOT_REFUNDABLE",
    "此订单未支付，或已没有可退款的商品；未作任何更改。",
    "This order is not paid, or nothing of it is left to be refunded; nothing was changed.",
    "请查看订单及其退款的状态。",
    "Look at how the order and its refunds stand.",
)
LINES_NOT_REFUNDABLE = conflict(
    "LINES_NOT_REFUNDABLE",
    "所选商品不在此订单中、正在退款或已退款，见 lines；未作任何更改。",
    "Some lines are not in this order, or are refunded or being refunded (see `lines`); nothing was changed.",
    "请只选择尚未退款的商品后重试。",
    "Choose only lines that are not refunded, and ask again.",
)
MEMBERSHIP_IN_USE = conflict(
    "MEMBERSHIP_IN_USE",
    "此会员期内已领取过课程，或已按会员价下单，不能退款；未作任何更改。",
    "Courses were claimed or ordered at the price for members on it: it is not refunded; nothing was changed.",
    "您可以只退订单中的其他商品；如有疑问，请联系客服。",
    "Ask for the order's other lines only, or write to support.",
)
MEMBERSHIP_NOT_LAST = conflict(
    "MEMBERSHIP_NOT_LAST",
    "此会员期之后还有续费的会员期，须先退最后一期；未作任何更改。",
    "Another period of membership follows on this one; the last one is refunded first. Nothing was changed.",
    "请先对最后一期会员申请退款。",
    "Ask for a refund of the last period first.",
)
REFUNDS_TOO_MANY = conflict(
    "REFUNDS_TOO_MANY",
    "此订单申请退款的次数过多（见 most）；未作任何更改。",
    "This order was asked to be refunded too many times (see `most`); nothing was changed.",
    "请查看此前各次申请的结果；如有疑问，请联系客服。",
    "Look at what came of the earlier requests, or write to support.",
)
REFUND_NOT_FAILED = conflict(
    "REFUND_NOT_FAILED",
    "此退款没有失败，无需重新发起；未作任何更改。",
    "This refund has not failed and needs no new attempt; nothing was changed.",
    "请查看退款的状态。",
    "Look at how the refund stands.",
)

REFUND_PROBLEMS = declared_in(globals())
