"""What the sandbox keeps: payments and refunds of its one merchant, and the bill of a day."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from local.payments.account import Account, token

CHINA = timezone(timedelta(hours=8))
NATIVE, H5, JSAPI = "NATIVE", "MWEB", "JSAPI"
"""How a payment is made, as WeChat Pay names it: by a code, on a phone's page, within WeChat."""
SOMEBODY = "sandbox"
Now = Callable[[], datetime]


class Refusal(Exception):
    """An error of WeChat Pay's: HTTP status, code, and what it says."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Trade:
    """One payment. `page` is the secret part of its page's address; within WeChat `openid` alone can pay it."""

    number: str
    kind: str
    description: str
    amount_fen: int
    notify_url: str
    expires_at: datetime
    page: str
    app_id: str
    openid: str = ""
    state: str = "NOTPAY"
    transaction_id: str = ""
    paid_at: datetime | None = None


@dataclass(frozen=True)
class Refund:
    """Money sent back."""

    refund_number: str
    refund_id: str
    number: str
    amount_fen: int
    at: datetime


@dataclass
class Till:
    """The books of the one merchant. Safe to use from several threads. `official` is the app that is paid in WeChat."""

    account: Account
    now: Now
    official: str = ""
    trades: dict[str, Trade] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def open(self, kind: str, asked: dict[str, Any]) -> Trade:
        """A new payment, or the open one that was asked for in the same words."""
        app_id = self.official if kind == JSAPI else self.account.app_id
        if (asked["mchid"], asked["appid"]) != (self.account.merchant_id, app_id):
            raise Refusal(400, "APPID_MCHID_NOT_MATCH", "商户号与应用不匹配")
        with self._lock:
            wanted = Trade(
                number=asked["out_trade_no"],
                kind=kind,
                description=asked["description"],
                amount_fen=asked["amount"]["total"],
                notify_url=asked["notify_url"],
                expires_at=datetime.fromisoformat(asked["time_expire"]),
                page=token(24),
                app_id=app_id,
                openid=asked["payer"]["openid"] if kind == JSAPI else "",
            )
            known = self.trades.get(wanted.number)
            if known is None:
                self.trades[wanted.number] = wanted
                return wanted
            if known.state != "NOTPAY":
                raise Refusal(400, "ORDERPAID" if known.transaction_id else "ORDER_CLOSED", "订单已支付或已关闭")
            if replace(wanted, page=known.page) != known:
                raise Refusal(403, "OUT_TRADE_NO_USED", "商户订单号重复")
            return known

    def trade(self, number: str) -> Trade:
        """A payment by the merchant's number. Raises Refusal."""
        if number not in self.trades:
            raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
        return self.trades[number]

    def on_page(self, page: str) -> Trade:
        """A payment by its page. Raises Refusal."""
        found = next((trade for trade in self.trades.values() if trade.page == page), None)
        if found is None:
            raise Refusal(404, "NOT_FOUND", "没有这个页面")
        return found

    def close(self, number: str) -> None:
        """Makes an unpaid payment unpayable."""
        with self._lock:
            trade = self.trade(number)
            if trade.transaction_id:
                raise Refusal(400, "ORDERPAID", "订单已支付")
            self.trades[number] = replace(trade, state="CLOSED")

    def pay(self, number: str) -> Trade:
        """The payer pays. Raises Refusal where it is too late."""
        with self._lock:
            trade = self.trade(number)
            if trade.state != "NOTPAY":
                raise Refusal(400, "ORDER_CLOSED", "订单已支付或已关闭")
            if self.now() >= trade.expires_at:
                self.trades[number] = replace(trade, state="CLOSED")
                raise Refusal(400, "ORDER_CLOSED", "订单已过期")
            paid_before = sum(bool(other.transaction_id) for other in self.trades.values())
            transaction_id = f"42{self.now():%Y%m%d%H%M%S}{paid_before:012d}"
            paid = replace(trade, state="SUCCESS", transaction_id=transaction_id, paid_at=self.now())
            self.trades[number] = paid
            return paid

    def refund(self, asked: dict[str, Any]) -> Refund:
        """Sends money back, once per refund number. Raises Refusal."""
        with self._lock:
            trade = self.trade(asked["out_trade_no"])
            amount, total = asked["amount"]["refund"], asked["amount"]["total"]
            known = self.refunds.get(asked["out_refund_no"])
            if known:
                if (known.number, known.amount_fen) != (trade.number, amount):
                    raise Refusal(400, "PARAM_ERROR", "退款单号已用于另一笔退款")
                return known
            if not trade.transaction_id or total != trade.amount_fen:
                raise Refusal(400, "INVALID_REQUEST", "订单未支付或金额不一致")
            returned = sum(refund.amount_fen for refund in self.refunds.values() if refund.number == trade.number)
            if not 0 < amount <= trade.amount_fen - returned:
                raise Refusal(403, "NOT_ENOUGH", "可退金额不足")
            refund_id = f"50{self.now():%Y%m%d%H%M%S}{len(self.refunds):012d}"
            made = Refund(asked["out_refund_no"], refund_id, trade.number, amount, self.now())
            self.refunds[made.refund_number] = made
            self.trades[trade.number] = replace(trade, state="REFUND")
            return made

    def refund_of(self, refund_number: str) -> Refund:
        """A refund by the merchant's number. Raises Refusal."""
        if refund_number not in self.refunds:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return self.refunds[refund_number]

    def told(self, trade: Trade) -> dict[str, Any]:
        """A payment as answers and notifications tell it."""
        found: dict[str, Any] = {
            "mchid": self.account.merchant_id,
            "appid": trade.app_id,
            "out_trade_no": trade.number,
            "trade_state": trade.state,
            "trade_state_desc": trade.state,
            "amount": {"total": trade.amount_fen, "currency": "CNY"},
        }
        if trade.paid_at:
            paid = {"total": trade.amount_fen, "payer_total": trade.amount_fen, "currency": "CNY"}
            found |= {
                "transaction_id": trade.transaction_id,
                "trade_type": trade.kind,
                "bank_type": "OTHERS",
                "success_time": _time(trade.paid_at),
                "payer": {"openid": trade.openid or SOMEBODY},
                "amount": {**paid, "payer_currency": "CNY"},
            }
        return found

    def told_refund(self, refund: Refund) -> dict[str, Any]:
        """A refund as answers tell it."""
        trade = self.trades[refund.number]
        return {
            "refund_id": refund.refund_id,
            "out_refund_no": refund.refund_number,
            "transaction_id": trade.transaction_id,
            "out_trade_no": trade.number,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "success_time": _time(refund.at),
            "create_time": _time(refund.at),
            "status": "SUCCESS",
            "amount": {"total": trade.amount_fen, "refund": refund.amount_fen, "currency": "CNY"},
        }

    def bill(self, day: date) -> str:
        """The trade bill of a civil day (type ALL). Unlike WeChat Pay's, today's can be had too. Raises Refusal."""
        with self._lock:
            paid = [trade for trade in self.trades.values() if trade.paid_at and _day(trade.paid_at) == day]
            refunds = [refund for refund in self.refunds.values() if _day(refund.at) == day]
            if not paid and not refunds:
                raise Refusal(400, "NO_STATEMENT_EXIST", "账单文件不存在")
            rows = [self._row(trade) for trade in paid]
            rows += [self._row(self.trades[refund.number], refund) for refund in refunds]
        summary = {
            "总交易单数": str(len(rows)),
            "应结订单总金额": _yuan(sum(trade.amount_fen for trade in paid)),
            "退款总金额": _yuan(sum(refund.amount_fen for refund in refunds)),
            "充值券退款总金额": _yuan(0),
            "手续费总金额": _fee(sum(map(_kept, paid)) - sum(map(_kept, refunds))),
            "订单总金额": _yuan(sum(trade.amount_fen for trade in paid)),
            "申请退款总金额": _yuan(sum(refund.amount_fen for refund in refunds)),
        }
        lines = [_HEAD, *(_values(row) for row in rows), ",".join(summary), _values(summary)]
        return "\ufeff" + "\r\n".join(lines) + "\r\n"

    def _row(self, trade: Trade, refund: Refund | None = None) -> dict[str, str]:
        at = refund.at if refund else trade.paid_at
        row = dict.fromkeys(_COLUMNS, "")
        row |= {
            "交易时间": f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if at else "",
            "公众账号ID": trade.app_id,
            "商户号": self.account.merchant_id,
            "特约商户号": "0",
            "微信订单号": trade.transaction_id,
            "商户订单号": trade.number,
            "用户标识": trade.openid or SOMEBODY,
            "交易类型": trade.kind,
            "交易状态": "REFUND" if refund else "SUCCESS",
            "付款银行": "OTHERS",
            "货币种类": "CNY",
            "应结订单金额": _yuan(0 if refund else trade.amount_fen),
            "代金券金额": _yuan(0),
            "微信退款单号": refund.refund_id if refund else "0",
            "商户退款单号": refund.refund_number if refund else "0",
            "退款金额": _yuan(refund.amount_fen if refund else 0),
            "充值券退款金额": _yuan(0),
            "退款类型": "ORIGINAL" if refund else "",
            "退款状态": "SUCCESS" if refund else "",
            "商品名称": trade.description,
            "手续费": _fee(-_kept(refund) if refund else _kept(trade)),
            "费率": "0.60%",
            "订单金额": _yuan(0 if refund else trade.amount_fen),
            "申请退款金额": _yuan(refund.amount_fen if refund else 0),
        }
        return row


_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
_COLUMNS = tuple(_HEAD.split(","))


def _values(row: dict[str, str]) -> str:
    return ",".join(f"`{value}" for value in row.values())


def _yuan(fen: int) -> str:
    return str(Decimal(fen).scaleb(-2).quantize(Decimal("0.01")))


def _kept(moved: Trade | Refund) -> int:
    """What WeChat Pay keeps of a payment, or gives back with a refund: 0.60 %, to the fen."""
    return (moved.amount_fen * 6 + 500) // 1000


def _fee(fen: int) -> str:
    return str(Decimal(fen).scaleb(-2).quantize(Decimal("0.00001")))


def _time(instant: datetime) -> str:
    return instant.astimezone(CHINA).isoformat(timespec="seconds")


def _day(instant: datetime) -> date:
    return instant.astimezone(CHINA).date()
