"""Refusals about carts and orders."""

from services.kit.problems import conflict, declared_in, not_found

ALREADY_OWNED = conflict(
    "ALREADY_OWNED",
    "您已拥有此课程，无需再次购买；未作任何更改。",
    "You own this course already and need not buy it again; nothing was changed.",
    "请在“我的课程”中打开并开始观看。",
    "Open it from your courses and start watching.",
)
ORDER_PENDING = conflict(
    "ORDER_PENDING",
    "此商品已在您的待付款订单中，未作任何更改。",
    "This is in an order of yours that waits for its payment; nothing was changed.",
    "请支付该订单；如不再需要，请先取消。",
    "Pay that order, or cancel it first.",
)
CART_FULL = conflict(
    "CART_FULL",
    "购物车已满（最多 20 门课程），此课程未加入。",
    "The cart is full (20 courses at most); this course was not added.",
    "请先结算或移除部分课程。",
    "Order or remove some courses first.",
)
CART_CHANGED = conflict(
    "CART_CHANGED",
    "购物车已在其他设备上更改，本次选择未保存。",
    "The cart was changed on another device; this selection was not saved.",
    "请刷新购物车后重新选择。",
    "Load the cart again and choose anew.",
)
PRICE_CHANGED = conflict(
    "PRICE_CHANGED",
    "价格已变动，与您看到的不同；未下单，未扣款。",
    "The price is not what you were shown any more; nothing was ordered or charged.",
    "请查看最新金额（amount_fen），确认后重新下单。",
    "Look at the new amount (amount_fen) and order again if you agree.",
)
ORDER_NOT_FOUND = not_found(
    "ORDER_NOT_FOUND",
    "没有这个订单。",
    "There is no such order.",
    "请从订单列表中选择。",
    "Choose it from the list of your orders.",
)
ORDER_NOT_CANCELLABLE = conflict(
    "ORDER_NOT_CANCELLABLE",
    "此订单已支付或已过期，不能取消；未作任何更改。",
    "This order is paid or has expired and cannot be cancelled; nothing was changed.",
    "已支付的课程如需退款，请在订单中申请退款。",
    "If it is paid and you want the money back, ask for a refund from the order.",
)

ORDER_PROBLEMS = declared_in(globals())
