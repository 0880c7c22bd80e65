"""Alipay's trade bill: a ZIP of two CSV files in GBK, of which the one with the details is read."""

import io
import re
import zipfile
from collections.abc import Sequence

from services.orders.adapters.statement_values import fee_fen, fen, instant, lines_of, record_of
from services.orders.domain.payment import LineKind, MalformedStatement, StatementLine

_ENCODING = "gb18030"
_KINDS = {"交易": LineKind.PAYMENT, "退款": LineKind.REFUND}
_FIRST, _LAST = "业务明细列表-", "业务明细列表结束"
_NAME = "商品名称"
_TOTALS = {
    LineKind.PAYMENT: re.compile(r"#交易合计[：:](\d+)笔"),
    LineKind.REFUND: re.compile(r"#退款合计[：:](\d+)笔"),
}
MAX_BYTES = 200 * 1024 * 1024
"""Of one unpacked file: some 700,000 lines."""


def read_archive(content: bytes) -> list[StatementLine]:
    """The movements of a bill as it is downloaded. Raises MalformedStatement."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            texts = [_text(archive, entry) for entry in archive.infolist()]
    except zipfile.BadZipFile as error:
        raise MalformedStatement("not a ZIP") from error
    details = [text for text in texts if _FIRST in _said(lines_of(text))]
    if len(details) != 1:
        raise MalformedStatement("no file with the details, or several")
    return read_details(details[0])


def read_details(text: str) -> list[StatementLine]:
    """The movements of the file with the details. Raises MalformedStatement."""
    found = lines_of(text)
    said, rows = _said(found), [row for row in found if not row.startswith("#")]
    if _LAST not in said:
        raise MalformedStatement("no end: it is cut off")
    if not rows:
        raise MalformedStatement("no head")
    names = [name.replace("(元)", "").replace("（元）", "").strip() for name in rows[0].split(",")]
    lines = [_line(_record(names, row)) for row in rows[1:]]
    for kind, told in _TOTALS.items():
        number = told.search(said)
        if not number or int(number[1]) != sum(line.kind is kind for line in lines):
            raise MalformedStatement("the lines are not as many as the summary says")
    return lines


def _text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    if entry.file_size > MAX_BYTES:
        raise MalformedStatement("too long")
    # A character that was cut, or that another Windows wrote, is in a name: what is compared is ASCII.
    return archive.read(entry).decode(_ENCODING, errors="replace")


def _said(lines: Sequence[str]) -> str:
    """What Alipay says itself: a course may be called like any of it."""
    return "\n".join(line for line in lines if line.startswith("#"))


def _record(names: list[str], row: str) -> dict[str, str]:
    return record_of(names, [value.strip() for value in row.split(",")], ",", _NAME)


def _line(record: dict[str, str]) -> StatementLine:
    try:
        kind = _KINDS[record["业务类型"]]
        return StatementLine(
            kind=kind,
            number=record["商户订单号"],
            transaction_id=record["支付宝交易号"],
            refund_number=record["退款批次号/请求号"] if kind is LineKind.REFUND else "",
            amount_fen=abs(fen(record["订单金额"])),
            at=instant(record["完成时间"]),
            fee_fen=fee_fen(record["服务费"]),
        )
    except KeyError as error:
        raise MalformedStatement(f"no such column or kind: {error}") from error
