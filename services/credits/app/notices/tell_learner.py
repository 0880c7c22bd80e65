"""What the service's own facts become in the learner's inbox."""

from collections.abc import Iterable
from decimal import Decimal

from services.credits.app.certificates.items import read_revisions
from services.credits.app.context import Context
from services.credits.app.ledger.items import read_entries
from services.credits.app.ledger.postings import posted_with
from services.credits.app.notices.inbox import post_notice
from services.credits.domain.awarding import NO_HOURS
from services.credits.domain.balances import Shortfall
from services.credits.domain.ledger import Entry
from services.credits.domain.notices import AnswerMessage, CertificateMessage, DeadlineMessage, message_of, teller_of
from services.credits.domain.periods import Period
from services.credits.events.consumed import AboutCertificate, AboutEntry, AboutLearner
from services.credits.events.published import (
    CertificateConfirmed,
    CertificateReturned,
    DeadlineApproaching,
    DeclarationAnswered,
    MissingHours,
    YearEnding,
)
from services.kit.events import Envelope
from services.kit.store import required


class UnknownEntry(Exception):
    """The event names an entry that is not in the learner's ledger: forged, so it is dead-lettered."""


def tell_of_entry(ctx: Context, event: Envelope) -> None:
    """Tells the learner of an entry with all that were made with it of the same watch: one of their events does.

    What it says is the ledger's, never the event's.

    Raises:
        UnknownEntry: see there.
        ValueError: the event names no learner or entry.
        Conflict: others kept writing; the queue delivers the event again.
    """
    about = AboutEntry.model_validate(event.data)
    ledger = read_entries(ctx.store, about.learner_id)
    entry = _entry(ledger, about)
    watch_id = entry.completion.watch_id
    made = [other for other in posted_with(ctx.store, entry, ledger) if other.completion.watch_id == watch_id]
    if teller_of(made) == entry:
        post_notice(ctx, about.learner_id, event, entry.at, message_of(made))


def tell_of_answer(ctx: Context, event: Envelope) -> None:
    """Tells the learner what the certifying body answered. Raises as `tell_of_entry` does."""
    answered = DeclarationAnswered.model_validate(event.data)
    about = AboutEntry.model_validate(event.data)
    entry = _entry(read_entries(ctx.store, about.learner_id), about)
    watch = entry.completion
    told = AnswerMessage(
        entry.entry_id, answered.credential, entry.hours, watch.title, answered.outcome, title_en=watch.title_en
    )
    post_notice(ctx, about.learner_id, event, answered.at, told)


def tell_of_deadline(ctx: Context, event: Envelope) -> None:
    """Tells the learner that a period ends soon, and what was missing when the reminder was given."""
    data = DeadlineApproaching.model_validate(event.data)
    told = DeadlineMessage(
        credential=data.credential,
        deadline=data.deadline,
        days_left=data.days_left,
        remaining=_hours(data.remaining_hours),
        compulsory_remaining=_hours(data.compulsory_remaining_hours),
        year_remaining=_hours(data.year_remaining_hours),
        missing=None if data.missing is None else _shortfalls(data.missing),
    )
    post_notice(ctx, AboutLearner.model_validate(event.data).learner_id, event, event.time, told)


def tell_of_year(ctx: Context, event: Envelope) -> None:
    """Tells the learner that a year of a period ends soon, and what was missing when the reminder was given."""
    data = YearEnding.model_validate(event.data)
    missing = _shortfalls(data.missing)
    told = DeadlineMessage(
        credential=data.credential,
        deadline=data.deadline,
        days_left=data.days_left,
        remaining=NO_HOURS,
        compulsory_remaining=NO_HOURS,
        year_remaining=sum((shortfall.missing for shortfall in missing), NO_HOURS),
        missing=missing,
        year_start=data.year_start,
    )
    post_notice(ctx, AboutLearner.model_validate(event.data).learner_id, event, event.time, told)


def tell_of_certificate(ctx: Context, event: Envelope) -> None:
    """Tells the learner that a certificate is confirmed, once: renewals and corrections are published alike.

    Raises as `tell_of_entry` does.
    """
    about = AboutCertificate.model_validate(event.data)
    revisions = read_revisions(ctx.store, about.learner_id, about.credential)
    first = next((revision.at for revision in revisions if revision.confirmed), None)
    if first == CertificateConfirmed.model_validate(event.data).confirmed_at:
        post_notice(ctx, about.learner_id, event, first, CertificateMessage.of(about.credential, confirmed=True))


def tell_of_return(ctx: Context, event: Envelope) -> None:
    """Tells the learner that a certificate could not be confirmed as it is. Raises as `tell_of_entry` does."""
    data = CertificateReturned.model_validate(event.data)
    learner_id = AboutLearner.model_validate(event.data).learner_id
    post_notice(ctx, learner_id, event, data.returned_at, CertificateMessage.of(data.credential, confirmed=False))


def _shortfalls(missing: Iterable[MissingHours]) -> tuple[Shortfall, ...]:
    return tuple(
        Shortfall(one.requirement, Period(one.start, one.end), Decimal(one.missing_hours), Decimal(one.waiting_hours))
        for one in missing
    )


def _hours(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _entry(ledger: Iterable[Entry], about: AboutEntry) -> Entry:
    return required(
        next((entry for entry in ledger if entry.entry_id == about.entry_id), None), UnknownEntry(about.entry_id)
    )
