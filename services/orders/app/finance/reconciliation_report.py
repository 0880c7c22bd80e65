"""The report of a reconciliation on one page, and the list of all its differences."""

from collections.abc import Iterable, Sequence

from services.kit.csv_file import Cell
from services.orders.app.finance.export_tables import local_time
from services.orders.app.finance.report_page import Bar, chart, grid, heading, page, paragraph, yuan
from services.orders.domain.payment import LineKind, ProviderName
from services.orders.domain.reconciliation import Discrepancy, Particular, Reconciliation, Totals
from services.orders.domain.statement_check import Finding, ReportedDifference, StatementCheck

ON_ONE_PAGE = 25
_PROVIDERS = {ProviderName.WECHAT: "微信支付 WeChat Pay", ProviderName.ALIPAY: "支付宝 Alipay"}
_SIDES = ("我方 Ours", "对方 Theirs", "一致 Matched")
_KINDS = {LineKind.PAYMENT: "收款 Payments", LineKind.REFUND: "退款 Refunds"}
_FINDINGS = {
    Finding.MISSING_HERE: "对方有、我方无 Missing here",
    Finding.AMOUNT_DIFFERS: "双方所述不符 Told differently",
    Finding.MISSING_THERE: "我方有、对方无 Missing there",
}
_PARTICULARS = {
    Particular.STATEMENT_DAY: "不属于此日账单 Of another day's statement",
    Particular.DAY: "日期 Day",
    Particular.TRADE: "机构交易号 Trade number",
    Particular.PAYMENT: "所退支付单号 Payment refunded",
    Particular.REFUND: "机构退款单号 Provider's refund number",
    Particular.CURRENCY: "币种 Currency",
    Particular.STATUS: "状态 Status",
    Particular.FEE: "手续费(分) Fee in fen",
}
_NEXT_STEPS = {
    Finding.MISSING_HERE: "查此支付或退款是否已在本系统入账，再重新对账。 Was it settled here? Then check again.",
    Finding.AMOUNT_DIFFERS: "与商户平台核对金额及所列各项，勿改账。 "
    "Compare the amount and what is named with the provider's pages; change no entry.",
    Finding.MISSING_THERE: "查相邻日期账单与商户平台。 Look at the days beside it and at the provider's pages.",
}
_HEADINGS = (
    "结果 Finding",
    "类别 Kind",
    "单号 Reference",
    "时间 At",
    "我方(元) Ours",
    "对方(元) Theirs",
    "手续费(元) Fee",
    "订单号 Order",
    "机构交易号 Trade number",
    "不符之处 What differs",
    "下一步 Next step",
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
            ["", *(part for side in _SIDES for part in (side, "笔 n", "手续费 Fee"))],
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
            _amount(one.difference.fee_fen),
            one.difference.order_id or "—",
            one.difference.trade_no,
            "；".join(_discrepancy(particular) for particular in one.difference.particulars),
            _NEXT_STEPS[one.finding],
        ]
        for one in found
    ]


def _discrepancy(found: Discrepancy) -> str:
    return f"{_PARTICULARS[found.what]}: {found.ours or '—'} / {found.theirs or '—'}"


def _amount(fen: int | None) -> str:
    return "—" if fen is None else yuan(fen)


def _totals(kind: LineKind, done: Reconciliation) -> list[str | int]:
    row: list[str | int] = [_KINDS[kind]]
    for side in (done.ours, done.theirs, done.matched):
        total = side.get(kind, Totals(0, 0))
        row += [yuan(total.amount_fen), total.count, yuan(total.fee_fen)]
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
