"""What stands against entering hours that were earned elsewhere."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.credits.domain.balances import counting
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry, Kind
from services.credits.domain.periods import Period
from services.kit.days import civil_day


@dataclass(frozen=True)
class Grant:
    """What is to be entered: `title` says what the hours were earned with, `reason` why they are entered."""

    learner_id: LearnerId
    credential: Credential
    hours: Decimal
    category: Category
    title: str
    earned_on: date
    reason: str


def repeated(wanted: Grant, entries: Sequence[Entry]) -> Entry | None:
    """The entry that this seminar has given hours for the certificate already, if it counts or may count again."""
    same = (wanted.earned_on, _plain(wanted.title))
    given = [entry for entry in counting(entries, wanted.credential) if entry.kind is Kind.GRANT]
    return next((entry for entry in given if (_day(entry), _plain(entry.completion.title)) == same), None)


def granted_hours(entries: Sequence[Entry], credential: Credential, period: Period) -> Decimal:
    """What administrators have entered for a certificate in a period, less what was taken back."""
    given = [entry for entry in counting(entries, credential) if entry.kind is Kind.GRANT and entry.period]
    return sum((entry.hours for entry in given if entry.period and entry.period.start == period.start), Decimal(0))


def _day(entry: Entry) -> date:
    return civil_day(entry.completion.completed_at)


def _plain(title: str) -> str:
    """Without what makes no other seminar of it: width, case, spaces and marks."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", title).casefold()))
