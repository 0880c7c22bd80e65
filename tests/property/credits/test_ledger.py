"""Any order of events, repeated, delayed, crashing: no second award, no quota exceeded, nothing stuck, none silent."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from services.credits.app.accounts.read_account import read_account
from services.credits.app.advice.advise import advise
from services.credits.app.awarding.award_hours import CourseVersionUnknown, MembershipPeriodUnknown
from services.credits.app.awarding.items import GrantProposal
from services.credits.app.awarding.reverse_watches import WatchUnknown
from services.credits.app.awarding.settle_holds import first_releases
from services.credits.app.ledger.account import Account
from services.credits.app.memberships.items import membership_periods
from services.credits.domain.balances import awarded, counting, open_holds
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import CourseId, LearnerId
from services.credits.domain.ledger import COUNTED, Draft, Entry, Kind, Reason
from services.credits.domain.periods import contains
from services.credits.domain.review import Standing
from services.credits.events.consumed import FREEING
from services.kit.clock import to_ms
from services.kit.events import Envelope
from services.kit.identity import Principal
from services.kit.problems import Problem
from tests.unit.credits.world import (
    ADMINISTRATOR,
    BEIJING,
    LEARNER,
    OTHER,
    SECOND,
    Crash,
    World,
    completed,
    membership,
    published,
    refunded,
)

COURSES = {"a": "lecture-1", "b": "lecture-1", "c": "lecture-2", "d": "lecture-3"}
"""Courses and their contents: two are the same lecture."""

MIDNIGHTS = [
    datetime(2024, 2, 29, tzinfo=BEIJING),
    datetime(2026, 3, 1, tzinfo=BEIJING),
    datetime(2027, 1, 1, tzinfo=BEIJING),
]

CREDENTIALS = [Credential.AFP, Credential.CFP, Credential.CTP]
"""Few, so that they meet."""

AWAITING_CERTIFICATE = (Reason.NO_CERTIFICATE, Reason.CERTIFICATE_NOT_CONFIRMED)
"""Holds that the certificate's confirmation ends."""

QUOTAS = ["1.5", "2", "25", "30.25"]
"""Of a membership period, by the sequence in which it is told."""

learners = st.sampled_from([LEARNER, LEARNER, LEARNER, OTHER])
credentials = st.sampled_from(CREDENTIALS)
crashes = st.sampled_from([None, None, None, "before", "after"])
instants = st.builds(
    lambda midnight, offset: midnight + timedelta(milliseconds=offset),
    st.sampled_from(MIDNIGHTS),
    st.sampled_from([-86_400_000, -1, 0, 1, 86_400_000]),
)
starts = st.sampled_from([date(2024, 2, 29), date(2025, 1, 1), date(2025, 12, 31)])


class LedgerMachine(RuleBasedStateMachine):
    """Two learners, four courses, every event delivered as often and as late as it pleases."""

    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.watches: dict[str, tuple[LearnerId, str]] = {}
        self.delivered: set[str] = set()
        self.proposals: list[GrantProposal] = []
        self.seen: dict[LearnerId, list[Entry]] = {LEARNER: [], OTHER: []}

    @initialize(known=st.sets(st.sampled_from(sorted(COURSES))), held=st.sets(credentials, max_size=3))
    def begin(self, known: set[str], held: set[Credential]) -> None:
        """Some courses are known, and one learner has registered some certificates."""
        for course in known:
            self.world.deliver(published(course, content=COURSES[course], eligible=CREDENTIALS[:2]))
        for credential in held:
            self.world.register(credential, LEARNER, date(2024, 2, 29))

    @rule(
        target=sent,
        course=st.sampled_from(sorted(COURSES)),
        hours=st.sampled_from(["0.25", "1.5", "24", "30"]),
        category=st.sampled_from(["compulsory", "elective"]),
        eligible=st.lists(credentials, unique=True),
        sequence=st.integers(1, 4),
    )
    def publish(self, course: str, hours: str, category: str, eligible: list[Credential], sequence: int) -> Envelope:
        """A publication leaves the catalogue; when it arrives is another matter."""
        return published(
            course, content=COURSES[course], hours=hours, category=category, eligible=eligible, sequence=sequence
        )

    @rule(
        target=sent,
        learner=learners,
        course=st.sampled_from(sorted(COURSES)),
        at=instants,
        period=st.sampled_from([None, None, "m1", "m2"]),
        at_once=st.booleans(),
    )
    def complete(self, learner: LearnerId, course: str, at: datetime, period: str | None, at_once: bool) -> Envelope:
        """A watch is completed; its event arrives at once or some time."""
        self.world.clock.advance(max(0, to_ms(at) - to_ms(self.world.clock.now())))
        watch = f"w{len(self.watches)}"
        self.watches[watch] = (learner, course)
        event = completed(watch, course, learner=learner, at=at, period=period and f"{period}-{learner[:1]}")
        if at_once:
            expected = self.advised(learner, course, event)
            before = len(self.world.entries(learner))
            self.deliver(event, again=False, crash=None)
            assert expected in (None, _outline(self.world.entries(learner)[before:]))
        return event

    def advised(self, learner: LearnerId, course: str, event: Envelope) -> list[tuple[object, ...]] | None:
        """What the learner is told at this moment, where it is told of just this watch."""
        if event.data["completed_at"] != self.world.clock.now().isoformat():
            return None
        period = event.data["membership_period_id"]
        try:
            found = advise(self.world.ctx, learner, CourseId(course), "v1", on_membership=period is not None)
        except Problem:
            return None
        same = period is None or (found.quota is not None and found.quota.period.id == period)
        return _outline(found.outcomes) if same else None

    @rule(event=sent, again=st.booleans(), crash=crashes)
    def deliver(self, event: Envelope, again: bool, crash: str | None) -> None:
        """The queue delivers an event, for the first time or once more, perhaps under a new envelope."""
        if again:
            event = event.model_copy(update={"id": event.id + "-again"})
        self._crash(crash)
        try:
            self.world.deliver(event)
        except (CourseVersionUnknown, MembershipPeriodUnknown):
            assert not any(e.completion.watch_id == event.subject for e in self._all_entries())
        except Crash:
            assert crash
            self._remember(event, self._is_in_ledger(event))
        else:
            self._remember(event, event.type == "playback.watch_completed.v1")
        self.world.store.crash = None

    @rule(
        learner=learners,
        credential=credentials,
        start=starts,
        number=st.sampled_from(["", "", "SHARED-1"]),
        crash=crashes,
    )
    def register(self, learner: LearnerId, credential: Credential, start: date, number: str, crash: str | None) -> None:
        """A learner registers, corrects, or tries to move a confirmed certificate; both claim a number to be theirs."""
        before = self.world.certificates(learner).get(credential)
        self._crash(crash)
        try:
            self.world.register(credential, learner, start, number)
        except Problem:
            assert (before and before.confirmed) or (number and self.number_is_taken(learner, credential))
        except Crash:
            assert crash
        after = self.world.certificates(learner).get(credential)
        if before and before.confirmed:
            assert after == before
        self.world.store.crash = None

    @rule(target=sent, learner=learners, credential=credentials, crash=crashes)
    def confirm(self, learner: LearnerId, credential: Credential, crash: str | None) -> Envelope:
        """An administrator confirms; what that publishes is delivered some time."""
        known = self.world.certificates(learner).get(credential)
        self._crash(crash)
        try:
            self.world.confirm(credential, learner)
        except Problem:
            assert known is None or self.number_is_taken(learner, credential)
        except Crash:
            assert crash
        self.world.store.crash = None
        told = self.world.sent("credits.certificate_confirmed.v1")
        return told[-1] if told else published("a", content=COURSES["a"], sequence=1)

    @rule(target=sent, learner=learners, credential=credentials, day=starts, days=st.integers(0, 800))
    def renew(self, learner: LearnerId, credential: Credential, day: date, days: int) -> Envelope:
        """An administrator records days of validity; the first ones of a certificate take the others' place."""
        known = self.world.certificates(learner).get(credential)
        try:
            after = self.world.renew(day, day + timedelta(days=days), credential, learner)
        except Problem:
            assert known is None or not known.confirmed
        else:
            assert known
            assert after.validity[: len(known.validity)] == known.validity
        told = self.world.sent("credits.certificate_confirmed.v1")
        return told[-1] if told else published("a", content=COURSES["a"], sequence=1)

    @rule(learner=learners, name=st.sampled_from(["张三", "李四", None]), crash=crashes)
    def name(self, learner: LearnerId, name: str | None, crash: str | None) -> None:
        """A learner gives a real name, another one, or takes it away."""
        self._crash(crash)
        try:
            self.world.name(learner, real_name=name)
        except Crash:
            assert crash
        self.world.store.crash = None

    @rule(target=sent, period=st.sampled_from(["m1", "m2"]), learner=learners, sequence=st.integers(1, len(QUOTAS)))
    def membership(self, period: str, learner: LearnerId, sequence: int) -> Envelope:
        """Orders tells of a membership period, whose quota only grows; when that arrives is another matter."""
        return membership(f"{period}-{learner[:1]}", learner=learner, quota=QUOTAS[sequence - 1], sequence=sequence)

    @rule(place=st.integers(0, 50), crash=crashes)
    def deliver_own(self, place: int, crash: str | None) -> None:
        """One of our own events arrives, for the first time or again."""
        own = [event for event in self.world.store.outbox if event.type in FREEING]
        if own:
            self._crash(crash)
            try:
                self.world.deliver(own[place % len(own)])
            except Crash:
                assert crash
            self.world.store.crash = None

    def teardown(self) -> None:
        """Once all our own events have arrived, nothing waits for something that is there."""
        for event in [event for event in self.world.store.outbox if event.type in FREEING]:
            self.world.deliver(event)
        for learner in (LEARNER, OTHER):
            assert first_releases(Account(self.world.ctx, learner)) == []

    @rule(learner=learners, place=st.integers(0, 5), standing=st.sampled_from(Standing), crash=crashes)
    def review(self, learner: LearnerId, place: int, standing: Standing, crash: str | None) -> None:
        """A reviewer decides on an award, or on something that is none."""
        before = self.world.entries(learner)
        self._crash(crash)
        try:
            self.world.review(place + 1, standing, learner)
        except Problem:
            assert self.world.entries(learner) == before
        except Crash:
            assert crash
        self.world.store.crash = None

    @rule(place=st.integers(0, 20), crash=crashes)
    def refund(self, place: int, crash: str | None) -> None:
        """An administrator refunds what a watch was watched on; orders asks for its hours."""
        if not self.watches:
            return
        watch = sorted(self.watches)[place % len(self.watches)]
        learner, _course = self.watches[watch]
        self._crash(crash)
        try:
            self.world.deliver(refunded(watch, learner=learner, revocation=f"refund-{watch}"))
        except WatchUnknown:
            assert watch not in self.delivered
        except Crash:
            assert crash
        self.world.store.crash = None

    @rule(
        learner=learners,
        credential=credentials,
        days=st.integers(-400, 1),
        hours=st.sampled_from(["0.5", "6", "30"]),
        title=st.sampled_from(["研讨会", "研讨 会", "年会"]),
    )
    def grant(self, learner: LearnerId, credential: Credential, days: int, hours: str, title: str) -> None:
        """An administrator enters hours of some day, for a certificate that there may be."""
        day = self.world.clock.now().astimezone(BEIJING).date() + timedelta(days=days)
        before = self.world.entries(learner)
        try:
            self.world.grant(hours, credential, learner=learner, earned_on=day, title=title)
        except Problem:
            assert self.world.entries(learner) == before
        else:
            assert self.world.certificates(learner)[credential].valid_on(day)

    @rule(days=st.integers(-400, 1), hours=st.sampled_from(["6", "20"]), title=st.sampled_from(["研讨会", "年会"]))
    def propose(self, days: int, hours: str, title: str) -> None:
        """An administrator proposes hours, which another one is to approve."""
        day = self.world.clock.now().astimezone(BEIJING).date() + timedelta(days=days)
        before = self.world.entries()
        with suppress(Problem):
            self.proposals.append(self.world.propose(hours, earned_on=day, title=title))
        assert self.world.entries() == before

    @rule(place=st.integers(0, 5), by=st.sampled_from([ADMINISTRATOR, SECOND]), crash=crashes)
    def approve(self, place: int, by: Principal, crash: str | None) -> None:
        """Somebody approves one of them, perhaps again, perhaps who proposed it."""
        if not self.proposals:
            return
        before = self.world.entries()
        self._crash(crash)
        try:
            self.world.approve(self.proposals[place % len(self.proposals)], by)
        except Problem:
            assert self.world.entries() == before
        except Crash:
            assert crash
        else:
            assert by is SECOND
        self.world.store.crash = None

    @rule(days=st.integers(0, 400))
    def wait(self, days: int) -> None:
        """Time passes."""
        self.world.clock.advance(days * 86_400_000)

    @rule()
    def rotate_key(self) -> None:
        """A new key signs from now on."""
        new = f"k{len(self.world.ring)}"
        self.world.ring[new] = new * 20
        self.world.ring["current"] = new

    def number_is_taken(self, learner: LearnerId, credential: Credential) -> bool:
        """Whether the other one's certificate was confirmed with the number that both say."""
        other = self.world.certificates(OTHER if learner == LEARNER else LEARNER).get(credential)
        return other is not None and other.confirmed and other.number == "SHARED-1"

    @invariant()
    def a_number_is_one_persons(self) -> None:
        """Of what is confirmed."""
        held = [
            {c: k.number for c, k in self.world.certificates(who).items() if k.confirmed} for who in (LEARNER, OTHER)
        ]
        assert not held[0].items() & held[1].items()

    @invariant()
    def nothing_is_edited_or_deleted(self) -> None:
        """What was in a ledger stays in it, unchanged, in its place."""
        for learner, before in self.seen.items():
            now = self.world.entries(learner)
            assert now[: len(before)] == before
            self.seen[learner] = now

    @invariant()
    def the_chain_is_whole(self) -> None:
        """For both learners."""
        for learner in (LEARNER, OTHER):
            assert self.world.verdict(learner).faults == []

    @invariant()
    def nothing_is_awarded_twice_and_what_was_taken_back_is_free_again(self) -> None:
        """At most one award per learner, credential, lecture and period stands, and where none does none is refused."""
        standing: dict[tuple[object, ...], int] = {}
        for entry in self._all_entries():
            lecture = (entry.learner_id, entry.credential, entry.completion.content_id, entry.period)
            if entry.kind is Kind.AWARD:
                assert lecture not in standing
                standing[lecture] = entry.number
            elif entry.kind is Kind.REVERSAL and standing.get(lecture) == entry.settles:
                del standing[lecture]
            elif entry.reason is Reason.ALREADY_AWARDED_IN_PERIOD:
                assert lecture in standing
        awards = [entry for entry in self._all_entries() if entry.kind is Kind.AWARD]
        told = sorted(event.data["entry_id"] for event in self.world.sent("credits.hours_awarded.v1"))
        assert told == sorted(entry.entry_id for entry in awards)

    @invariant()
    def every_delivered_completion_is_explained_once_per_credential(self) -> None:
        """Each watch has one final outcome per credential: awarded, held or declined, whatever is taken back then."""
        settled = {(e.learner_id, e.settles) for e in self._all_entries() if e.kind is Kind.RELEASE}
        outcomes = Counter(
            (e.completion.watch_id, e.credential)
            for e in self._all_entries()
            if (e.actor is None or e.kind is Kind.DECLINED)
            and e.kind is not Kind.RELEASE
            and (e.learner_id, e.number) not in settled
        )
        assert all(times == 1 for times in outcomes.values())
        assert {watch for watch, _ in outcomes} == self.delivered
        for entry in self._all_entries():
            if entry.completion.watch_id:
                assert self.watches[entry.completion.watch_id] == (entry.learner_id, entry.completion.course_id)

    @invariant()
    def no_quota_is_exceeded(self) -> None:
        """What awards that are not reversed have charged, each watch once, is within the newest quota we know."""
        for learner in (LEARNER, OTHER):
            entries = self.world.entries(learner)
            for period in membership_periods(self.world.store, learner).values():
                reversed_ = {e.settles for e in entries if e.kind is Kind.REVERSAL}
                charged = {
                    e.completion.watch_id: e.completion.hours
                    for e in entries
                    if e.kind is Kind.AWARD
                    and e.number not in reversed_
                    and e.completion.membership_period_id == period.id
                }
                assert period.quota_hours is not None
                assert sum(charged.values()) <= period.quota_hours

    @invariant()
    def balances_are_the_sum_of_the_entries(self) -> None:
        """Earned and held, over all periods; and awards lie in their period."""
        for learner in (LEARNER, OTHER):
            entries = self.world.entries(learner)
            account = read_account(self.world.ctx, learner)
            for balance in account.certificates:
                earned = sum((p.earned for p in [balance.current, *balance.earlier]), Decimal(0))
                assert earned == _standing(entries, balance.certificate.credential)
            holds = [*account.held, *account.for_others]
            for credential in Credential:
                held = sum((e.hours for e in holds if e.credential is credential), Decimal(0))
                assert held == _sum(entries, Kind.HOLD, credential) - _sum(entries, Kind.RELEASE, credential)

    @invariant()
    def every_watch_of_a_period_counts_or_says_why_not(self) -> None:
        """And what is missing is never less than what waits of it."""
        for learner in (LEARNER, OTHER):
            entries = self.world.entries(learner)
            for balance in read_account(self.world.ctx, learner).certificates:
                credential = balance.certificate.credential
                counted = {award.completion.watch_id for award in awarded(entries, credential)}
                for period in [balance.current, *balance.earlier]:
                    said = {entry.completion.watch_id for entry in period.not_counted}
                    told = {
                        entry.completion.watch_id
                        for entry in entries
                        if entry.credential in (credential, None)
                        and contains(period.period, entry.completion.completed_at.astimezone(BEIJING).date())
                    }
                    assert told <= counted | said
                    promised = [hold.completion.content_id for hold in period.waiting if hold.completion.content_id]
                    earned = {
                        e.completion.content_id for e in awarded(entries, credential) if e.period == period.period
                    }
                    assert len(promised) == len(set(promised))
                    assert not earned & set(promised)
                    assert all(gap.missing > 0 and 0 <= gap.waiting <= gap.missing for gap in period.shortfalls)

    @invariant()
    def whatever_was_watched_counts_or_is_explained_in_the_account(self) -> None:
        """Of any day, with or without a certificate, and for ever."""
        for learner in (LEARNER, OTHER):
            entries, account = self.world.entries(learner), read_account(self.world.ctx, learner)
            periods = [p for c in account.certificates for p in [c.current, *c.earlier]]
            said = [
                *account.held,
                *account.for_others,
                *account.not_counted,
                *(e for period in periods for e in period.not_counted),
            ]
            explained = {(e.completion.watch_id, e.credential) for e in said}
            counted = {(e.completion.watch_id, c) for c in Credential for e in awarded(entries, c)}
            assert {(e.completion.watch_id, e.credential) for e in entries} <= counted | explained

    @invariant()
    def grants_are_of_one_seminar_each_and_bounded(self) -> None:
        """Of those not taken back: a day's seminar once; so much in a period, and so much by an administrator alone."""
        for learner in (LEARNER, OTHER):
            entries = self.world.entries(learner)
            given = [e for c in CREDENTIALS for e in counting(entries, c) if e.kind is Kind.GRANT]
            titles = [(e.credential, e.completion.completed_at, e.completion.title.replace(" ", "")) for e in given]
            assert len(set(titles)) == len(titles)
            total: Counter[object] = Counter()
            alone: Counter[object] = Counter()
            for entry in given:
                total[entry.credential, entry.period] += entry.hours  # type: ignore[assignment]
                if entry.actor == ADMINISTRATOR.id:
                    alone[entry.credential, entry.period] += entry.hours  # type: ignore[assignment]
            assert all(hours <= 30 for hours in total.values())
            assert all(hours <= 10 for hours in alone.values())

    @invariant()
    def awards_lie_in_their_period_and_belong_to_a_confirmed_certificate(self) -> None:
        """By the day in Shanghai, whatever the clock says now."""
        for entry in self._all_entries():
            if entry.kind in COUNTED:
                assert entry.credential
                assert entry.period
                assert contains(entry.period, entry.completion.completed_at.astimezone(BEIJING).date())
                assert self.world.certificates(entry.learner_id)[entry.credential].confirmed

    @invariant()
    def nothing_waits_for_a_certificate_that_is_confirmed(self) -> None:
        """There are fewer holds here than one transaction releases."""
        for learner in (LEARNER, OTHER):
            confirmed = {c for c, certificate in self.world.certificates(learner).items() if certificate.confirmed}
            waiting = [e for e in open_holds(self.world.entries(learner)) if e.reason in AWAITING_CERTIFICATE]
            assert not confirmed & {entry.credential for entry in waiting}

    def _crash(self, moment: str | None) -> None:
        self.world.store.crash = moment

    def _remember(self, event: Envelope, entered: bool) -> None:
        if entered:
            self.delivered.add(event.subject)

    def _is_in_ledger(self, event: Envelope) -> bool:
        return any(entry.completion.watch_id == event.subject for entry in self._all_entries())

    def _all_entries(self) -> list[Entry]:
        return [*self.world.entries(LEARNER), *self.world.entries(OTHER)]


def _outline(drafts: Sequence[Draft | Entry]) -> list[tuple[object, ...]]:
    return [(draft.kind, draft.reason, draft.credential, draft.hours, draft.period) for draft in drafts]


def _standing(entries: list[Entry], credential: Credential) -> Decimal:
    """Awards and grants, less what was reversed, less what reviewers hold at present: those holds name a period."""
    counted = _sum(entries, Kind.AWARD, credential) + _sum(entries, Kind.GRANT, credential)
    total = counted - _sum(entries, Kind.REVERSAL, credential)
    reviews = [entry for entry in entries if entry.actor and entry.period]
    return total - _sum(reviews, Kind.HOLD, credential) + _sum(reviews, Kind.RELEASE, credential)


def _sum(entries: list[Entry], kind: Kind, credential: Credential | None) -> Decimal:
    return sum((e.hours for e in entries if e.kind is kind and e.credential is credential), Decimal(0))


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
