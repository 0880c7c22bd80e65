"""WeChat Pay's trade bill: a CSV of its own kind, each value behind a backtick, with a summary at the end."""

from services.orders.adapters.statement_values import fen, instant
from services.orders.domain.payment import LineKind, MalformedStatement, StatementLine

_SEPARATOR = ",`"
"""Values may hold commas (a course's title does), but none holds a comma before a backtick."""
_SUMMARY = "总交易单数"
_COUNT, _PAID, _REFUNDED = "总交易单数", "订单总金额", "申请退款总金额"
_STATES = {"SUCCESS": LineKind.PAYMENT, "REFUND": LineKind.REFUND}


def read_bill(text: str, merchant_id: str) -> list[StatementLine]:
    """The movements of a bill (type ALL). Raises MalformedStatement."""
    rows = [line for line in text.splitlines() if line.strip()]
    ends = [index for index, row in enumerate(rows) if row.startswith(_SUMMARY)]
    if len(ends) != 1 or len(rows) != ends[0] + 2:
        raise MalformedStatement("no summary at the end: it is cut off")
    names = rows[0].split(",")
    records = [_record(names, row) for row in rows[1 : ends[0]]]
    if any(record.get("商户号") != merchant_id for record in records):
        raise MalformedStatement("a line of another merchant")
    lines = [_line(record) for record in records]
    _check_totals(_record(rows[ends[0]].split(","), rows[-1]), lines)
    # A refund that failed moved no money.
    return [line for line, record in zip(lines, records, strict=True) if record.get("退款状态") != "FAIL"]


def _record(names: list[str], row: str) -> dict[str, str]:
    values = row.removeprefix("`").split(_SEPARATOR)
    if len(values) != len(names):
        raise MalformedStatement(f"{len(values)} values under {len(names)} names")
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
            amount_fen=fen(record["申请退款金额"] if refund else record["订单金额"]),
            at=instant(record["交易时间"]),
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
