"""The page on which a payer pays at the sandbox, in Chinese and English."""

from html import escape

from local.payments.till import Trade

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f;
background:#f4f5f7}
main{background:#fff;border-radius:12px;padding:1.5rem}h1{font-size:1.1rem;margin:0 0 .5rem}
.amount{font-size:2.2rem;font-weight:600;margin:.5rem 0}p{margin:.4rem 0;color:#4a4a4f}
button{display:block;width:100%;padding:.8rem;margin:.6rem 0;font:inherit;border:1px solid #0a7a3f;border-radius:8px;
background:#fff;color:#075c2f;cursor:pointer}button.main{background:#0a7a3f;color:#fff}
button:focus-visible{outline:3px solid #1d1d1f;outline-offset:2px}
"""
_ACTIONS = (
    ("pay", "支付", "Pay"),
    ("twice", "支付，并通知两次", "Pay, notified twice"),
    ("late", "支付，二十秒后才通知", "Pay, notified 20 seconds later"),
    ("silent", "支付，但不通知", "Pay, never notified"),
    ("fail", "支付失败", "Fail"),
)
_STATES = {
    "NOTPAY": "待支付 · Unpaid",
    "SUCCESS": "已支付 · Paid",
    "REFUND": "有退款 · Refunded",
    "CLOSED": "已关闭 · Closed",
}


def payment_page(trade: Trade | None, message: str = "") -> str:
    """The page of a payment, or of none; `message` says what just happened."""
    said = f'<p role="status"><strong>{escape(message)}</strong></p>' if message else ""
    return f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>支付沙箱 · Payment sandbox</title>
<style>{_STYLE}</style></head><body><main><h1>支付沙箱 · Payment sandbox</h1>{said}{_body(trade) if trade else ""}
<p>这里不会动用真实的钱。 · No real money moves here.</p></main></body></html>"""


def _body(trade: Trade) -> str:
    buttons = "".join(
        f'<form method="post" action="/pay/{trade.page}/{name}"><button{" class=main" if name == "pay" else ""}>'
        f"{chinese} · {english}</button></form>"
        for name, chinese, english in _ACTIONS
    )
    return f"""<p>{escape(trade.description)}</p>
<p class="amount">¥{trade.amount_fen // 100}.{trade.amount_fen % 100:02d}</p>
<p>{_STATES[trade.state]}</p><p>{trade.number}</p>{buttons if trade.state == "NOTPAY" else ""}"""
