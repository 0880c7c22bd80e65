"""WeChat Pay's trade bill: a CSV of its own kind, each value behind a backtick, with a summary at the end."""

from services.orders.adapters.statement_values import fee_fen, fen, instant, lines_of, record_of
from services.orders.domain.payment import LineKind, LineStatus, MalformedStatement, StatementLine

_SEPARATOR = ",`"
_NAME = "商品名称"
_SUMMARY = "总交易单数"
_COUNT, _PAID, _REFUNDED = "总交易单数", "订单总金额", "申请退款总金额"
_STATES = {"SUCCESS": LineKind.PAYMENT, "REFUND": LineKind.REFUND}
_STATUSES = {"": LineStatus.DONE, "SUCCESS": LineStatus.DONE, "FAIL": LineStatus.FAILED, "CHANGE": LineStatus.FAILED}
"""Of refunds, when the bill was made; of another, such as PROCESSING, nothing is certain yet."""


def read_bill(text: str, merchant_id: str) -> list[StatementLine]:
    """The movements of a bill (type ALL). Raises MalformedStatement."""
    rows = lines_of(text)
    ends = [index for index, row in enumerate(rows) if row.startswith(_SUMMARY)]
    if len(ends) != 1 or len(rows) != ends[0] + 2:
        raise MalformedStatement("no summary at the end: it is cut off")
    names = rows[0].split(",")
    records = [_record(names, row) for row in rows[1 : ends[0]]]
    if any(record.get("商户号") != merchant_id for record in records):
        raise MalformedStatement("a line of another merchant")
    lines = [_line(record) for record in records]
    _check_totals(_record(rows[ends[0]].split(","), rows[-1]), lines)
    return lines


def _record(names: list[str], row: str) -> dict[str, str]:
    return record_of(names, row.removeprefix("`").split(_SEPARATOR), _SEPARATOR, _NAME)


def _line(record: dict[str, str]) -> StatementLine:
    try:
        kind = _STATES[record["交易状态"]]
        refund = kind is LineKind.REFUND
        return StatementLine(
            kind=kind,
            number=record["商户订单号"],
            transaction_id=record["微信订单号"],
            refund_number=record["商户退款单号"] if refund else "",
            amount_fen=fen(record["申请退款金额"] if refund else record["订单金额"]),
            at=instant(record["交易时间"]),
            currency=record["货币种类"],
            status=_STATUSES.get(record["退款状态"], LineStatus.PENDING) if refund else LineStatus.DONE,
            fee_fen=fee_fen(record["手续费"]),
            refund_no=record["微信退款单号"] if refund else "",
        )
    except KeyError as error:
        raise MalformedStatement(f"no such column or state: {error}") from error


def _check_totals(summary: dict[str, str], lines: list[StatementLine]) -> None:
    """A bill cut off in the middle or changed on its way does not add up."""
    try:
        told = (int(summary[_COUNT]), fen(summary[_PAID]), fen(summary[_REFUNDED]))
    except (KeyError, ValueError) as error:
        raise MalformedStatement("the summary cannot be read") from error
    found = (len(lines), _total(lines, LineKind.PAYMENT), _total(lines, LineKind.REFUND))
    if told != found:
        raise MalformedStatement(f"the lines add up to {found}, the summary says {told}")


def _total(lines: list[StatementLine], kind: LineKind) -> int:
    return sum(line.amount_fen for line in lines if line.kind is kind)
