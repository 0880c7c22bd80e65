"""WeChat Pay's trade bill: a CSV of its own kind, each value behind a backtick, with a summary at the end."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from services.orders.domain.membership import CHINA
from services.orders.domain.payment import LineKind, StatementLine

_SEPARATOR = ",`"
"""Values may hold commas (a course's title does), but none holds a comma before a backtick."""
_SUMMARY = "总交易单数"
_COUNT, _PAID, _REFUNDED = "总交易单数", "订单总金额", "申请退款总金额"
_STATES = {"SUCCESS": LineKind.PAYMENT, "REFUND": LineKind.REFUND}


class MalformedBill(Exception):
    """The bill is not what WeChat Pay describes, or does not add up."""


def read_bill(text: str, merchant_id: str) -> list[StatementLine]:
    """The movements of a bill (type ALL). Raises MalformedBill."""
    rows = [line for line in text.splitlines() if line.strip()]
    ends = [index for index, row in enumerate(rows) if row.startswith(_SUMMARY)]
    if len(ends) != 1 or len(rows) != ends[0] + 2:
        raise MalformedBill("no summary at the end: it is cut off")
    names = rows[0].split(",")
    records = [_record(names, row) for row in rows[1 : ends[0]]]
    if any(record.get("商户号") != merchant_id for record in records):
        raise MalformedBill("a line of another merchant")
    lines = [_line(record) for record in records]
    _check_totals(_record(rows[ends[0]].split(","), rows[-1]), lines)
    # A refund that failed moved no money.
    return [line for line, record in zip(lines, records, strict=True) if record["退款状态"] != "FAIL"]


def _record(names: list[str], row: str) -> dict[str, str]:
    values = row.removeprefix("`").split(_SEPARATOR)
    if len(values) != len(names):
        raise MalformedBill(f"{len(values)} values under {len(names)} names")
    return dict(zip(names, values, strict=True))


def _line(record: dict[str, str]) -> StatementLine:
    try:
        kind = _STATES[record["交易状态"]]
        refund = kind is LineKind.REFUND
        return StatementLine(
            kind=kind,
            number=record["商户订单号"],
            transaction_id=record["微信订单号"],
            refund_number=record["商户退款单号"] if refund else "",
            amount_fen=_fen(record["申请退款金额"] if refund else record["订单金额"]),
            at=_instant(record["交易时间"]),
        )
    except KeyError as error:
        raise MalformedBill(f"no such column or state: {error}") from error


def _check_totals(summary: dict[str, str], lines: list[StatementLine]) -> None:
    """A bill cut off in the middle or changed on its way does not add up."""
    try:
        told = (int(summary[_COUNT]), _fen(summary[_PAID]), _fen(summary[_REFUNDED]))
    except (KeyError, ValueError) as error:
        raise MalformedBill("the summary cannot be read") from error
    found = (len(lines), _total(lines, LineKind.PAYMENT), _total(lines, LineKind.REFUND))
    if told != found:
        raise MalformedBill(f"the lines add up to {found}, the summary says {told}")


def _total(lines: list[StatementLine], kind: LineKind) -> int:
    return sum(line.amount_fen for line in lines if line.kind is kind)


def _fen(yuan: str) -> int:
    """Exact: "19.90" is 1990. Raises MalformedBill."""
    try:
        fen = Decimal(yuan) * 100
    except InvalidOperation as error:
        raise MalformedBill(f"not an amount: {yuan}") from error
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise MalformedBill(f"not an amount: {yuan}")
    return int(fen)


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).astimezone(UTC)
    except ValueError as error:
        raise MalformedBill(f"not a time: {text}") from error
