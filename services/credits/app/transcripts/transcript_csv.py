"""A learner's whole ledger as a table: every entry, what it says, and what of it counts today."""

from collections.abc import Callable
from decimal import Decimal

from services.credits.app.context import Context
from services.credits.app.ledger.items import read_entries
from services.credits.app.texts.reasons import TEXTS
from services.credits.domain.balances import awarded
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry
from services.kit.call import Call
from services.kit.csv_file import Cell, csv_bytes
from services.kit.days import SHANGHAI, civil_day
from services.kit.store import Change, Store

COLUMNS: dict[str, Callable[[Entry, bool], Cell]] = {
    "序号 number": lambda entry, _: entry.number,
    "记账时间 at": lambda entry, _: entry.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
    "类型 kind": lambda entry, _: entry.kind,
    "证书 credential": lambda entry, _: entry.credential,
    "周期开始 period_start": lambda entry, _: entry.period.start if entry.period else None,
    "周期结束 period_end": lambda entry, _: entry.period.end if entry.period else None,
    "学时 hours": lambda entry, _: entry.hours,
    "计入学时 counted_hours": lambda entry, counts: entry.hours if counts else Decimal(0),
    "类别 category": lambda entry, _: entry.completion.category,
    "完成日期 completed_on": lambda entry, _: civil_day(entry.completion.completed_at),
    "课程代号 course_id": lambda entry, _: entry.completion.course_id,
    "课程 title": lambda entry, _: entry.completion.title,
    "说明 reason": lambda entry, _: entry.reason,
    "说明 text": lambda entry, _: TEXTS[entry.reason].zh,
    "备注 note": lambda entry, _: entry.note,
    "关联序号 settles": lambda entry, _: entry.settles,
    "记账编号 entry_id": lambda entry, _: entry.entry_id,
    "学习记录 watch_id": lambda entry, _: entry.completion.watch_id,
}
"""What each has of an entry, and of whether that counts.

`counted_hours` add up, by credential and period, to what the account shows as earned.
"""


def transcript_csv(store: Store, learner_id: LearnerId) -> bytes:
    """The table of a learner's ledger, oldest entry first; the same ledger, the same bytes. It names nobody."""
    entries = read_entries(store, learner_id)
    counted = {award.number for credential in Credential for award in awarded(entries, credential)}
    rows = ([cell(entry, entry.number in counted) for cell in COLUMNS.values()] for entry in entries)
    return csv_bytes(tuple(COLUMNS), rows)


def hand_out_transcript_csv(ctx: Context, call: Call, learner_id: LearnerId, reason: str) -> bytes:
    """The same table for staff, who say why; that is in the audit log before they see it."""
    ctx.store.commit(Change([ctx.audit.entry(call.caller, "read_transcript", learner_id, reason)]))
    return transcript_csv(ctx.store, learner_id)
