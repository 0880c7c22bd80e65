"""A learner's whole ledger as a table: every entry, what it says, and what of it counts today."""

from decimal import Decimal

from services.credits.app.context import Context
from services.credits.app.ledger.read_ledger import read_entries
from services.credits.app.texts.reasons import TEXTS
from services.credits.domain.balances import awarded
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry
from services.kit.call import Call
from services.kit.csv_file import Cell, csv_bytes
from services.kit.days import SHANGHAI, civil_day
from services.kit.store import Change, Store

HEADER = (
    "序号 number",
    "记账时间 at",
    "类型 kind",
    "证书 credential",
    "周期开始 period_start",
    "周期结束 period_end",
    "学时 hours",
    "计入学时 counted_hours",
    "类别 category",
    "完成日期 completed_on",
    "课程代号 course_id",
    "课程 title",
    "说明 reason",
    "说明 text",
    "关联序号 settles",
    "记账编号 entry_id",
    "学习记录 watch_id",
)
"""`counted_hours` add up, by credential and period, to what the account shows as earned."""


def transcript_csv(store: Store, learner_id: LearnerId) -> bytes:
    """The table of a learner's ledger, oldest entry first; the same ledger, the same bytes. It names nobody."""
    entries = read_entries(store, learner_id)
    counted = {award.number for credential in Credential for award in awarded(entries, credential)}
    return csv_bytes(HEADER, (_row(entry, counts=entry.number in counted) for entry in entries))


def hand_out_transcript_csv(ctx: Context, call: Call, learner_id: LearnerId, reason: str) -> bytes:
    """The same table for staff, who say why; that is in the audit log before they see it."""
    ctx.store.commit(Change([ctx.audit.entry(call.caller, "read_transcript", learner_id, reason)]))
    return transcript_csv(ctx.store, learner_id)


def _row(entry: Entry, *, counts: bool) -> list[Cell]:
    watch = entry.completion
    return [
        entry.number,
        entry.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        entry.kind,
        entry.credential,
        entry.period.start if entry.period else None,
        entry.period.end if entry.period else None,
        entry.hours,
        entry.hours if counts else Decimal(0),
        watch.category,
        civil_day(watch.completed_at),
        watch.course_id,
        watch.title,
        entry.reason,
        TEXTS[entry.reason].zh,
        entry.settles,
        entry.entry_id,
        watch.watch_id,
    ]
