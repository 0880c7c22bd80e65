"""A learner's whole ledger as a table: every entry, what it says, and what of it counts today; then what each period
asks for.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from services.credits.app.accounts.read_account import read_account
from services.credits.app.context import RulesContext
from services.credits.app.ledger.items import read_entries
from services.credits.app.texts.reasons import TEXTS
from services.credits.domain.balances import Demand, Requirement, awarded
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry
from services.kit.call import Call
from services.kit.csv_file import Cell, csv_bytes
from services.kit.days import SHANGHAI, civil_day
from services.kit.store import Change

ENTRIES: dict[str, Callable[[Entry, bool], Cell]] = {
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
WORDS = {Requirement.PERIOD: "本周期要求", Requirement.COMPULSORY: "其中必修要求", Requirement.YEAR: "其中一年的要求"}
DEMANDS: dict[str, Callable[[Credential, Demand], Cell]] = {
    "类型 kind": lambda _, demand: demand.requirement,
    "证书 credential": lambda credential, _: credential,
    "周期开始 period_start": lambda _, demand: demand.span.start,
    "周期结束 period_end": lambda _, demand: demand.span.end,
    "说明 text": lambda _, demand: WORDS[demand.requirement],
    "要求学时 required_hours": lambda _, demand: demand.required,
    "已有学时 earned_hours": lambda _, demand: demand.earned,
    "尚缺学时 missing_hours": lambda _, demand: demand.remaining,
}
"""What each has of a requirement; figures that are not known are empty."""
COLUMNS = tuple(dict.fromkeys((*ENTRIES, *DEMANDS)))


def transcript_csv(ctx: RulesContext, learner_id: LearnerId) -> bytes:
    """The table of a learner's ledger, oldest entry first, and below it what each period of each certificate asks for.

    The same ledger on the same day, the same bytes. It names nobody.
    """
    return csv_bytes(COLUMNS, ([row.get(name) for name in COLUMNS] for row in _rows(ctx, learner_id)))


def _rows(ctx: RulesContext, learner_id: LearnerId) -> Iterator[dict[str, Cell]]:
    entries = read_entries(ctx.store, learner_id)
    counted = {award.number for credential in Credential for award in awarded(entries, credential)}
    for entry in entries:
        yield {name: cell(entry, entry.number in counted) for name, cell in ENTRIES.items()}
    for certificate in read_account(ctx, learner_id).certificates:
        for balance in (*certificate.earlier, certificate.current):
            for demand in balance.demands:
                yield {name: cell(certificate.certificate.credential, demand) for name, cell in DEMANDS.items()}


def hand_out_transcript_csv(ctx: RulesContext, call: Call, learner_id: LearnerId, reason: str) -> bytes:
    """The same table for staff, who say why; that is in the audit log before they see it."""
    ctx.store.commit(Change([ctx.audit.entry(call.caller, "read_transcript", learner_id, reason)]))
    return transcript_csv(ctx, learner_id)
