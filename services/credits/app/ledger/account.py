"""A learner's account as one transaction reads and writes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.credits.app.context import Context
from services.credits.app.keys import (
    AWARDS,
    CERTIFICATES,
    ENTRIES,
    MEMBERSHIPS,
    award_key,
    certificate_key,
    entry_key,
    head_key,
    learner_pk,
    profile_key,
)
from services.credits.app.ledger.facts import fact_of
from services.credits.app.ledger.postings import posting_of
from services.credits.app.problems import PERSON_ERASED
from services.credits.domain.awarding import Circumstances, award_mark, deciding_marks
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ledger import Completion, Draft, Entry, Head, Kind, empty_head, extend
from services.credits.domain.profile import Profile
from services.credits.domain.quota import MembershipPeriod, quota_state
from services.kit.events import Envelope
from services.kit.store import Put, Store, Write


@dataclass(frozen=True)
class AwardMark:
    """Which watch was awarded, and when."""

    watch_id: str
    at: datetime


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

    def __init__(self, ctx: Context, learner_id: str) -> None:
        self._ctx = ctx
        self.learner_id = learner_id
        stored = ctx.store.get(head_key(learner_id), Head)
        self._head = stored.value if stored else empty_head(learner_id, ctx.macs)
        self._head_version = stored.version if stored else 0
        self.certificates = current_certificates(ctx.store, learner_id)
        self._entries: list[Entry] | None = None
        self._known_profile: Profile | None = None
        self._name_given = False

    def entries(self) -> list[Entry]:
        """The whole ledger, in order. Who posts what acts on an earlier entry has read it."""
        if self._entries is None:
            self._entries = read_entries(self._ctx.store, self.learner_id)
        return self._entries

    def circumstances_of(self, watch: Completion, eligible: Sequence[Credential]) -> Circumstances:
        """What decides, beside the course, what one watch gives; the ledger is read only if that asks for a quota."""
        marks = deciding_marks(watch, eligible, self.certificates, self._ctx.rules)
        awarded = frozenset(mark for mark in marks if self._is_awarded(mark))
        return self._circumstances(awarded, asks_quota=watch.membership_period_id is not None)

    def circumstances(self) -> Circumstances:
        """What decides what any watch of the ledger gives."""
        awarded = frozenset(award_mark(entry) for entry in self.entries() if entry.kind is Kind.AWARD)
        asks_quota = any(entry.completion.membership_period_id for entry in self.entries())
        return self._circumstances(awarded, asks_quota=asks_quota)

    def name(self) -> None:
        """The learner's real name arrives with the change under way."""
        self._name_given = True

    def put_certificate(self, certificate: Certificate) -> Put:
        """The write of a certificate's next revision, which the account then has.

        Raises:
            Problem: PERSON_ERASED: a number would say who it is. Forgetting a person writes the head too.
        """
        if self._profile().erased_at is not None:
            raise PERSON_ERASED.problem()
        self.certificates[certificate.credential] = certificate
        return Put(certificate_key(self.learner_id, certificate.credential, certificate.revision), certificate)

    def put_head(self) -> Put:
        """The write of the head as it is, for a change that adds no entry."""
        return self._put(self._head)

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
        head, entries = extend(self._head, drafts, [ctx.ids.new() for _ in drafts], now, ctx.macs)
        writes: list[Write] = [self._put(head)]
        writes += [Put(entry_key(self.learner_id, entry.number), entry) for entry in entries]
        writes += [posting_of(entries)] if entries else []
        writes += [self._mark(entry) for entry in entries if entry.kind is Kind.AWARD]
        ledger = {entry.number: entry for entry in [*(self._entries or ()), *entries]}
        return writes, [event for entry in entries for event in self._told(entry, ledger, cause)], entries

    def _circumstances(self, awarded: frozenset[str], *, asks_quota: bool) -> Circumstances:
        named = self._name_given or self._profile().real_name is not None
        periods = membership_periods(self._ctx.store, self.learner_id) if asks_quota else {}
        quotas = {id_: quota_state(period, self.entries()) for id_, period in periods.items()}
        return Circumstances(self.certificates, named, self._ctx.rules, awarded, quotas)

    def _is_awarded(self, mark: str) -> bool:
        return self._ctx.store.get(award_key(self.learner_id, mark), AwardMark) is not None

    def _profile(self) -> Profile:
        if self._known_profile is None:
            found = self._ctx.store.get(profile_key(self.learner_id), Profile)
            self._known_profile = found.value if found else Profile()
        return self._known_profile

    def _put(self, head: Head) -> Put:
        return Put(head_key(self.learner_id), head, after=self._head_version)

    def _mark(self, award: Entry) -> Put:
        key = award_key(self.learner_id, award_mark(award))
        return Put(key, AwardMark(award.completion.watch_id, award.at))

    def _told(self, entry: Entry, ledger: dict[int, Entry], cause: Cause) -> Iterator[Envelope]:
        fact = fact_of(entry, ledger)
        if fact is not None:
            yield self._ctx.events.make(
                fact.TYPE,
                fact,
                subject=entry.entry_id,
                correlation_id=cause.correlation_id,
                causation_id=cause.causation_id,
            )


def current_certificates(store: Store, learner_id: str) -> dict[Credential, Certificate]:
    """The newest revision of each of the learner's certificates."""
    revisions = store.query(learner_pk(learner_id), CERTIFICATES, Certificate)
    return {stored.value.credential: stored.value for stored in revisions}


def membership_periods(store: Store, learner_id: str) -> dict[str, MembershipPeriod]:
    """Every period of the learner's membership that we know of, by id."""
    found = store.query(learner_pk(learner_id), MEMBERSHIPS, MembershipPeriod)
    return {stored.value.id: stored.value for stored in found}


def award_marks(store: Store, learner_id: str) -> dict[str, str]:
    """The watch that each of the learner's award marks names, by credential, period and content."""
    found = store.query(learner_pk(learner_id), AWARDS, AwardMark)
    return {stored.key.sk.removeprefix(AWARDS): stored.value.watch_id for stored in found}


def read_entries(store: Store, learner_id: str) -> list[Entry]:
    """The learner's whole ledger, as it is stored."""
    return [stored.value for stored in store.query(learner_pk(learner_id), ENTRIES, Entry)]


def entries_page(store: Store, learner_id: str, after: int, limit: int) -> list[Entry]:
    """At most `limit` entries of the learner's ledger, from the one after number `after`."""
    key = entry_key(learner_id, after)
    return [stored.value for stored in store.page(key.pk, ENTRIES, Entry, key.sk, limit).items]
