"""The report of an export: revenue on one page, for people."""

from collections.abc import Sequence
from typing import Any

from services.orders.app.finance.report_page import Bar, chart, grid, heading, page, paragraph, yuan
from services.orders.domain.export import ExportedTable

TOP = 15
"""How many courses one page has room for; all of them are in the summary beside it."""
_UNEARNED = "重复或逾期支付及其退回 Paid twice or too late, and sent back"
_FIGURES = ("收入 Paid", "退款 Refunded", "净额 Net")


def revenue_report(summary: dict[str, Any], tables: Sequence[ExportedTable]) -> str:
    """HTML of a revenue summary as JSON has it, and of the tables that were written with it."""
    total, days = summary["total"], summary["days"]
    span = days[0]["day"] if len(days) == 1 else f"{days[0]['day']} – {days[-1]['day']}"
    note = "按收付日期（Asia/Shanghai），金额单位：元。 By the day money moved; amounts in yuan."
    parts = [
        paragraph(span),
        paragraph(note, "note"),
        grid(["", *_FIGURES, "笔数 Count"], [["合计 Total", *_yuan(total), total["payments"] + total["refunds"]]]),
        heading("每日 Per day"),
        chart([_bar(day, len(days)) for day in days], "每日收入与退款 Paid and refunded per day"),
        paragraph(
            f"绿：收入，红：退款；最高一日 {_highest(days)} 元。 Green: paid, red: refunded; highest day.", "note"
        ),
        heading("课程 Courses"),
        _goods(summary["courses"]),
        heading("会员 Memberships"),
        _goods(summary["plans"]),
        heading("未用于订单 Not for any order"),
        grid(["", *_FIGURES], [[_UNEARNED, *_yuan(summary["unearned"])]]),
        heading("导出 Exported"),
        grid(["表 Table", "行数 Rows", "控制合计 Control totals"], [_table(table) for table in tables]),
    ]
    return page("学时 · 收入汇总 Revenue", parts)


def _goods(goods: Sequence[dict[str, Any]]) -> str:
    rows = [[f"{one['title']} ({one['id']})", *_yuan(one)] for one in goods[:TOP]]
    more = goods[TOP:]
    if more:
        rest = {name: sum(one[name] for one in more) for name in ("paid_fen", "refunded_fen", "net_fen")}
        rows.append([f"其余 {len(more)} 项 {len(more)} more", *_yuan(rest)])
    return grid(["名称 Title", *_FIGURES], rows) if rows else paragraph("无 None", "note")


def _yuan(figures: dict[str, Any]) -> list[str]:
    return [yuan(figures[name]) for name in ("paid_fen", "refunded_fen", "net_fen")]


def _highest(days: Sequence[dict[str, Any]]) -> str:
    return yuan(max(day["paid_fen"] for day in days))


def _bar(day: dict[str, Any], of: int) -> Bar:
    label = day["day"][5:] if of <= 10 else day["day"][8:]
    paid, refunded, _net = _yuan(day)
    return Bar(label, day["paid_fen"], day["refunded_fen"], f"{day['day']}: {paid} / -{refunded}")


def _table(table: ExportedTable) -> list[str | int]:
    totals = "；".join(f"{name} {yuan(fen)}" for name, fen in table.totals_fen.items())
    return [f"{table.title} {table.name}", table.rows, totals]
