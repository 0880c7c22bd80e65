"""The report of a reconciliation on one page, and the list of all its differences."""

from collections.abc import Iterable, Sequence

from services.kit.csv_file import Cell
from services.orders.app.finance.export_tables import local_time
from services.orders.app.finance.report_page import Bar, chart, grid, heading, page, paragraph, yuan
from services.orders.domain.payment import LineKind, ProviderName
from services.orders.domain.reconciliation import Reconciliation, Totals
from services.orders.domain.statement_check import Finding, ReportedDifference, StatementCheck

ON_ONE_PAGE = 25
_PROVIDERS = {ProviderName.WECHAT: "微信支付 WeChat Pay", ProviderName.ALIPAY: "支付宝 Alipay"}
_KINDS = {LineKind.PAYMENT: "收款 Payments", LineKind.REFUND: "退款 Refunds"}
_FINDINGS = {
    Finding.MISSING_HERE: "对方有、我方无 Missing here",
    Finding.AMOUNT_DIFFERS: "金额不符 Amount differs",
    Finding.MISSING_THERE: "我方有、对方无 Missing there",
}
_HEADINGS = (
    "结果 Finding",
    "类别 Kind",
    "单号 Reference",
    "时间 At",
    "我方(元) Ours",
    "对方(元) Theirs",
)


def reconciliation_report(check: StatementCheck, done: Reconciliation, found: Sequence[ReportedDifference]) -> str:
    """HTML of what was found."""
    verdict = (
        paragraph("一致：双方每一笔都相同。 Clean: both sides say the same of every movement.", "good")
        if done.is_clean
        else paragraph(f"有差异：{len(found)} 笔，须逐笔查明。 {len(found)} differences to be looked into.", "bad")
    )
    parts = [
        paragraph(f"{_PROVIDERS[check.provider]} · {check.day} (Asia/Shanghai)"),
        paragraph("支付机构对账单与本系统收支记录逐笔比对，金额单位：元。 Amounts in yuan.", "note"),
        verdict,
        grid(
            ["", "我方 Ours", "笔 n", "对方 Theirs", "笔 n", "一致 Matched", "笔 n"],
            [_totals(kind, done) for kind in LineKind],
        ),
        chart(_bars(done, found), "各类笔数 Movements by result"),
        grid(["结果 Finding", "笔数 Count"], [[_FINDINGS[f], _count(found, f)] for f in Finding]),
    ]
    if found:
        parts += [heading("差异 Differences"), grid(_HEADINGS, _told(found[:ON_ONE_PAGE]))]
    if len(found) > ON_ONE_PAGE:
        parts.append(paragraph(f"其余 {len(found) - ON_ONE_PAGE} 笔见差异清单。 The list beside this has all.", "note"))
    return page("学时 · 对账报告 Reconciliation", parts)


def difference_rows(found: Iterable[ReportedDifference]) -> tuple[tuple[str, ...], list[Sequence[Cell]]]:
    """Headings and rows of the list."""
    return _HEADINGS, [list(row) for row in _told(found)]


def _told(found: Iterable[ReportedDifference]) -> list[list[str]]:
    return [
        [
            _FINDINGS[one.finding],
            _KINDS[one.difference.kind],
            one.difference.reference,
            local_time(one.difference.at) or "",
            _amount(one.difference.ours_fen),
            _amount(one.difference.theirs_fen),
        ]
        for one in found
    ]


def _amount(fen: int | None) -> str:
    return "—" if fen is None else yuan(fen)


def _totals(kind: LineKind, done: Reconciliation) -> list[str | int]:
    row: list[str | int] = [_KINDS[kind]]
    for side in (done.ours, done.theirs, done.matched):
        total = side.get(kind, Totals(0, 0))
        row += [yuan(total.amount_fen), total.count]
    return row


def _count(found: Sequence[ReportedDifference], finding: Finding) -> int:
    return sum(one.finding is finding for one in found)


def _bars(done: Reconciliation, found: Sequence[ReportedDifference]) -> list[Bar]:
    matched = sum(total.count for total in done.matched.values())
    bars = [Bar(f"一致 {matched}", matched, 0, f"一致 Matched: {matched}")]
    for finding in Finding:
        number = _count(found, finding)
        bars.append(Bar(f"{_FINDINGS[finding].split()[0]} {number}", 0, number, f"{_FINDINGS[finding]}: {number}"))
    return bars
