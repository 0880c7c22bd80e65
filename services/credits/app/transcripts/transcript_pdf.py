"""The transcript as PDF: every period of each certificate, as the account has it, and every entry of the ledger."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.credits.app.accounts.read_account import AccountView, CertificateBalance, read_account
from services.credits.app.attestations.problems import NOT_PRINTABLE
from services.credits.app.certificates.items import confirmed_name
from services.credits.app.context import DocumentsContext
from services.credits.app.ledger.items import read_entries
from services.credits.app.ports import Unprintable
from services.credits.app.texts.reasons import TEXTS
from services.credits.app.texts.wording import CATEGORIES, day_en, day_zh, hours_text, period_zh
from services.credits.domain.balances import Requirement, Shortfall, awarded
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry, Kind
from services.kit.call import Call
from services.kit.days import civil_day
from services.kit.store import Change

SUBSTITUTE = "〓"
"""What Chinese printers set where a character is missing, with a note that says so."""
NONE = "—"
UNKNOWN = "未知 unknown"
KINDS = {
    Kind.AWARD: "计入 awarded",
    Kind.GRANT: "录入 entered",
    Kind.HOLD: "暂存 held",
    Kind.RELEASE: "处理暂存 released",
    Kind.REVERSAL: "冲回 reversed",
    Kind.DECLINED: "未计 declined",
}


def transcript_pdf(ctx: DocumentsContext, learner_id: LearnerId) -> bytes:
    """A learner's own transcript, with the name that was confirmed last with one of their certificates, if one was.

    Raises:
        Problem: NOT_PRINTABLE: the name has a character that no font has; in a title it is substituted.
    """
    return _drawn(ctx, learner_id, confirmed_name(ctx.store, learner_id) or "")


def hand_out_transcript_pdf(ctx: DocumentsContext, call: Call, learner_id: LearnerId, reason: str) -> bytes:
    """The same for staff, who say why; that is in the audit log before they see it. It names nobody."""
    ctx.store.commit(Change([ctx.audit.entry(call.caller, "read_transcript", learner_id, reason)]))
    return _drawn(ctx, learner_id, "")


def _drawn(ctx: DocumentsContext, learner_id: LearnerId, name: str) -> bytes:
    now = ctx.clock.now()
    entries, account = read_entries(ctx.store, learner_id), read_account(ctx, learner_id)
    missing = ""
    while True:
        data = _document(account, learner_id, name, entries, now, missing)
        try:
            return ctx.draw("transcript", data, now)
        except Unprintable as unprintable:
            if set(unprintable.characters) & set(name) or set(unprintable.characters) <= set(missing):
                raise NOT_PRINTABLE.problem(characters=unprintable.characters) from unprintable
            missing += unprintable.characters


def _document(
    account: AccountView, learner_id: LearnerId, name: str, entries: Sequence[Entry], now: datetime, missing: str
) -> dict[str, Any]:
    """The texts of the layout `transcript`; titles and staff's words without the characters that are missing."""
    today = civil_day(now)
    counted = {award.number for credential in Credential for award in awarded(entries, credential)}
    table = str.maketrans(dict.fromkeys(missing, SUBSTITUTE))
    return {
        "name": name,
        "learner": learner_id,
        "as_of": day_zh(today),
        "as_of_en": day_en(today),
        "substituted": bool(missing),
        "periods": [row for certificate in account.certificates for row in _periods(certificate)],
        "entries": [_row(entry, table, counts=entry.number in counted) for entry in entries],
    }


def _periods(certificate: CertificateBalance) -> Iterator[dict[str, str]]:
    """Each of a certificate's periods with its years: what counts, what the rule asks for, and what is missing."""
    state = "" if certificate.certificate.confirmed else "（待确认 not confirmed）"
    for balance in [*certificate.earlier, certificate.current]:
        gaps = balance.shortfalls
        compulsory = f"{hours_text(balance.compulsory)} / {_asked(balance.compulsory_required)}"
        yield {
            "credential": f"{certificate.certificate.credential}{state}",
            "span": period_zh(balance.period),
            "earned": f"{hours_text(balance.earned)} / {_asked(balance.required)}",
            "compulsory": compulsory,
            "missing": UNKNOWN
            if balance.required is None
            else _missing(gap for gap in gaps if gap.span == balance.period),
        }
        for year in balance.years:
            yield {
                "credential": "",
                "span": f"其中 {period_zh(year.year)}",
                "earned": f"{hours_text(year.earned)} / {_asked(year.required)}",
                "compulsory": NONE,
                "missing": _missing(
                    gap for gap in gaps if gap.requirement is Requirement.YEAR and gap.span == year.year
                ),
            }


def _asked(hours: Decimal | None) -> str:
    return UNKNOWN if hours is None else hours_text(hours)


def _missing(gaps: Iterable[Shortfall]) -> str:
    of = {Requirement.COMPULSORY: "必修 "}
    return "；".join(f"{of.get(gap.requirement, '')}{hours_text(gap.missing)}" for gap in gaps) or NONE


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
        "note": (entry.note or "").translate(table),
    }
