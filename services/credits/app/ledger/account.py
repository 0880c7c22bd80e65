"""A learner's account as one transaction reads and writes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from services.credits.app.certificates.items import certificate_key, current_certificates
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.facts import fact_of
from services.credits.app.ledger.items import AwardMark, award_key, entry_key, head_key, read_entries
from services.credits.app.ledger.postings import posting_of
from services.credits.app.memberships.items import membership_periods
from services.credits.app.metrics import BROKEN_RECORDS
from services.credits.app.profiles.items import profile_key
from services.credits.app.profiles.problems import PERSON_ERASED
from services.credits.domain.awarding import Circumstances, award_mark, deciding_marks, standing_marks
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import EntryId, LearnerId
from services.credits.domain.ledger import BrokenHead, Completion, Draft, Entry, Head, Kind, empty_head, extend
from services.credits.domain.profile import Profile
from services.credits.domain.quota import quota_state
from services.kit.events import Envelope
from services.kit.observability import count
from services.kit.store import ABSENT, Put, Stored, Write, read_or


@dataclass(frozen=True)
class Cause:
    """What led to a change: for the events it makes."""

    correlation_id: str
    causation_id: str | None = None


class Account:
    """The account as it was read, and the change to it.

    The head is read first and written by every change, so nothing else of the account, read after it, can have
    changed by the time the change is committed.
    """

    def __init__(self, ctx: LedgerContext, learner_id: LearnerId) -> None:
        self._ctx = ctx
        self.learner_id = learner_id
        self._head = ctx.store.get(head_key(learner_id), Head) or Stored(
            head_key(learner_id), empty_head(learner_id, ctx.macs), ABSENT
        )
        self.certificates = current_certificates(ctx.store, learner_id)
        self._entries: list[Entry] | None = None
        self._marks: dict[str, Stored[AwardMark] | None] = {}
        self._name_given = False

    def entries(self) -> list[Entry]:
        """The whole ledger, in order. Who posts what acts on an earlier entry has read it."""
        if self._entries is None:
            self._entries = read_entries(self._ctx.store, self.learner_id)
        return self._entries

    def circumstances_of(self, watch: Completion, eligible: Sequence[Credential]) -> Circumstances:
        """What decides, beside the course, what one watch gives.

        The ledger is read only if that asks for a quota, or the lecture was awarded before: was that taken back?
        """
        marks = deciding_marks(watch, eligible, self.certificates, self._ctx.rules)
        known = frozenset(mark for mark in marks if self._known_mark(mark))
        awarded = known & standing_marks(self.entries()) if known else known
        return self._circumstances(awarded, asks_quota=watch.membership_period_id is not None)

    def circumstances(self) -> Circumstances:
        """What decides what any watch of the ledger gives."""
        awarded = standing_marks(self.entries())
        asks_quota = any(entry.completion.membership_period_id for entry in self.entries())
        return self._circumstances(awarded, asks_quota=asks_quota)

    def name(self) -> None:
        """The learner's real name arrives with the change under way."""
        self._name_given = True

    @property
    def real_name(self) -> str | None:
        """What the learner says to be called; None where the profile has no name."""
        return self._profile.real_name

    def require_person(self) -> None:
        """Raises PERSON_ERASED where the person was forgotten; forgetting writes the head too."""
        if self._profile.erased_at is not None:
            raise PERSON_ERASED.problem()

    def put_certificate(self, certificate: Certificate) -> Put:
        """The write of a certificate's next revision, which the account then has.

        Raises:
            Problem: PERSON_ERASED: a number would say who it is.
        """
        self.require_person()
        self.certificates[certificate.credential] = certificate
        return Put(certificate_key(self.learner_id, certificate.credential, certificate.revision), certificate)

    def put_head(self) -> Put:
        """The write of the head as it is, for a change that adds no entry."""
        return self._head.put(self._head.value)

    def post(self, drafts: Sequence[Draft], cause: Cause) -> tuple[list[Write], list[Envelope]]:
        """The writes (the head, the entries, their posting, their award marks) and the events of new entries.

        Raises:
            BrokenHead: the head is not as it was written.
        """
        writes, events, _ = self.enter(drafts, cause)
        return writes, events

    def enter(self, drafts: Sequence[Draft], cause: Cause) -> tuple[list[Write], list[Envelope], list[Entry]]:
        """The same, and the entries. Raises BrokenHead."""
        ctx, now = self._ctx, self._ctx.clock.now()
        ids = [EntryId(ctx.ids.new()) for _ in drafts]
        try:
            head, entries = extend(self._head.value, drafts, ids, now, ctx.macs)
        except BrokenHead:
            count(BROKEN_RECORDS)
            raise
        writes: list[Write] = [self._head.put(head)]
        writes += [Put(entry_key(self.learner_id, entry.number), entry) for entry in entries]
        writes += [posting_of(entries)] if entries else []
        writes += [self._mark(entry) for entry in entries if entry.kind is Kind.AWARD]
        ledger = {entry.number: entry for entry in [*(self._entries or ()), *entries]}
        return writes, [event for entry in entries for event in self._told(entry, ledger, cause)], entries

    def _circumstances(self, awarded: frozenset[str], *, asks_quota: bool) -> Circumstances:
        named = self._name_given or self._profile.real_name is not None
        periods = membership_periods(self._ctx.store, self.learner_id) if asks_quota else {}
        quotas = {id_: quota_state(period, self.entries()) for id_, period in periods.items()}
        return Circumstances(self.certificates, named, self._ctx.rules, awarded, quotas)

    def _known_mark(self, mark: str) -> Stored[AwardMark] | None:
        if mark not in self._marks:
            self._marks[mark] = self._ctx.store.get(award_key(self.learner_id, mark), AwardMark)
        return self._marks[mark]

    @cached_property
    def _profile(self) -> Profile:
        return read_or(self._ctx.store, profile_key(self.learner_id), Profile()).value

    def _mark(self, award: Entry) -> Put:
        """The mark names the last watch that was awarded; those before it were taken back."""
        name, watch_id = award_mark(award), award.completion.watch_id
        known = self._known_mark(name)
        if known is None:
            return Put(award_key(self.learner_id, name), AwardMark(watch_id, award.at))
        return known.put(replace(known.value, watch_id=watch_id, at=award.at))

    def _told(self, entry: Entry, ledger: dict[int, Entry], cause: Cause) -> Iterator[Envelope]:
        fact = fact_of(entry, ledger)
        if fact is not None:
            yield self._ctx.events.make(
                fact, subject=entry.entry_id, correlation_id=cause.correlation_id, causation_id=cause.causation_id
            )
