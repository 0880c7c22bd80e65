"""The transcript as PDF: what counts per certificate and period, and every entry of the ledger."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.credits.app.attestations.problems import NOT_PRINTABLE
from services.credits.app.context import DocumentsContext
from services.credits.app.ledger.items import read_entries
from services.credits.app.ports import Unprintable
from services.credits.app.profiles.items import real_name
from services.credits.app.texts.reasons import TEXTS
from services.credits.app.texts.wording import CATEGORIES, day_en, day_zh, hours_text, period_zh
from services.credits.domain.balances import awarded, period_balance
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry, Kind
from services.credits.domain.periods import Period
from services.credits.domain.rules import RuleBook
from services.kit.call import Call
from services.kit.days import civil_day
from services.kit.store import Change

SUBSTITUTE = "〓"
"""What Chinese printers set where a character is missing, with a note that says so."""
KINDS = {
    Kind.AWARD: "计入 awarded",
    Kind.GRANT: "录入 entered",
    Kind.HOLD: "暂存 held",
    Kind.RELEASE: "处理暂存 released",
    Kind.REVERSAL: "冲回 reversed",
    Kind.DECLINED: "未计 declined",
}


def transcript_pdf(ctx: DocumentsContext, learner_id: LearnerId) -> bytes:
    """A learner's own transcript, with the real name of their profile, if it has one.

    Raises:
        Problem: NOT_PRINTABLE: the name has a character that no font has; in a title it is substituted.
    """
    return _drawn(ctx, learner_id, real_name(ctx.store, learner_id) or "")


def hand_out_transcript_pdf(ctx: DocumentsContext, call: Call, learner_id: LearnerId, reason: str) -> bytes:
    """The same for staff, who say why; that is in the audit log before they see it. It names nobody."""
    ctx.store.commit(Change([ctx.audit.entry(call.caller, "read_transcript", learner_id, reason)]))
    return _drawn(ctx, learner_id, "")


def _drawn(ctx: DocumentsContext, learner_id: LearnerId, name: str) -> bytes:
    now = ctx.clock.now()
    entries = read_entries(ctx.store, learner_id)
    missing = ""
    while True:
        data = _document(ctx, learner_id, name, entries, now, missing)
        try:
            return ctx.draw("transcript", data, now)
        except Unprintable as unprintable:
            if set(unprintable.characters) & set(name) or set(unprintable.characters) <= set(missing):
                raise NOT_PRINTABLE.problem(characters=unprintable.characters) from unprintable
            missing += unprintable.characters


def _document(
    ctx: DocumentsContext, learner_id: LearnerId, name: str, entries: Sequence[Entry], now: datetime, missing: str
) -> dict[str, Any]:
    """The texts of the layout `transcript`; titles without the characters that are missing."""
    today = civil_day(now)
    counted = {award.number for credential in Credential for award in awarded(entries, credential)}
    table = str.maketrans(dict.fromkeys(missing, SUBSTITUTE))
    return {
        "name": name,
        "learner": learner_id,
        "as_of": day_zh(today),
        "as_of_en": day_en(today),
        "substituted": bool(missing),
        "periods": list(_periods(ctx.rules, entries)),
        "entries": [_row(entry, table, counts=entry.number in counted) for entry in entries],
    }


def _periods(rules: RuleBook, entries: Sequence[Entry]) -> Iterator[dict[str, str]]:
    """Sums by certificate and period, of what counts."""
    for credential in Credential:
        awards = awarded(entries, credential)
        for period in _spans(awards):
            rule = rules.in_force(credential, period.start)
            balance = period_balance(entries, credential, period, rule)
            yield {
                "credential": credential.value,
                "period": period_zh(period),
                "earned": hours_text(balance.earned),
                "compulsory": hours_text(balance.compulsory),
                "required": "未知 unknown" if balance.required is None else hours_text(balance.required),
            }


def _spans(awards: Iterable[Entry]) -> list[Period]:
    spans = {award.period.start: award.period for award in awards if award.period}
    return [spans[start] for start in sorted(spans)]


def _row(entry: Entry, table: Mapping[int, str], *, counts: bool) -> dict[str, str]:
    watch = entry.completion
    return {
        "number": str(entry.number),
        "completed_on": str(civil_day(watch.completed_at)),
        "title": watch.title.translate(table),
        "category": CATEGORIES[watch.category][0],
        "credential": entry.credential.value if entry.credential else "—",
        "kind": KINDS[entry.kind],
        "hours": hours_text(entry.hours),
        "counted": hours_text(entry.hours) if counts else "0",
        "reason": TEXTS[entry.reason].zh,
    }
