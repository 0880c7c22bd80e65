"""Random interleavings of learners, courses, devices, retries, old tokens and crashes: the invariants always hold."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.kit.clock import to_ms
from services.kit.problems import Problem
from services.playback.app.evidence.read_heads import HeadsReport
from services.playback.app.evidence.verify_watches import verify_watches
from services.playback.app.items import live_key
from services.playback.app.memberships.record_membership import record_membership
from services.playback.app.revocation.decide_revocation import decide_revocation
from services.playback.app.watching.read_progress import read_progress
from services.playback.app.watching.start_session import start_session
from services.playback.app.watching.watch import beat, confirm_prompt, pause
from services.playback.app.watching.watch_state import WatchState
from services.playback.app.watching.watches import read_attempts
from services.playback.domain.ids import CourseId, LearnerId
from services.playback.domain.policy import policy
from services.playback.domain.watch import Attempt, LegKind, Live
from services.playback.events.published import EntitlementRevocationDecided, WatchCompleted
from tests.fakes.archive import MemoryArchive
from tests.unit.playback.world import DURATIONS, LEARNER, OTHER, SHORT, Crash, World, by

LEARNERS = st.sampled_from([LEARNER, OTHER])
COURSES = st.sampled_from(sorted(DURATIONS))
A_DAY_MS = 86_400_000
SKEW_MS = 20_000
"""How far a host's clock is from the right time, at most, either way; each call meets another host."""
HOSTS = st.randoms(use_true_random=False)
PERIODS = st.sampled_from(["period-1", "period-2", "period-3"])
CRASHES = st.sampled_from([None, None, None, "before", "after"])
GAP_CAP_MS = 30_000
LEASE_MS = 60_000
QUESTIONS = [{"text": text, "choices": [*"abc"], "answer": 1} for text in ("first", "second")]
"""Of the short course; the others' prompts only wait."""
CHOICES = 3
COMPLETED = WatchCompleted.TYPE


class WatchMachine(RuleBasedStateMachine):
    """Keeps every token and nonce it was ever given, and uses any of them at any time.

    One learner begins with every course claimed, the other with a membership that opens them all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        for course_id in DURATIONS:
            self.world.publish(course_id)
            self.world.entitle(LEARNER, course_id)
        self.world.publish(SHORT, version="asks", sequence=2, questions=QUESTIONS)
        self.states: dict[str, list[WatchState]] = defaultdict(list)
        self.keys: dict[str, list[str]] = defaultdict(list)
        self.credited: dict[str, list[tuple[int, int, Fraction]]] = defaultdict(list)
        self.furthest: dict[str, int] = defaultdict(int)
        self.bought: dict[tuple[str, str], int] = defaultdict(int)
        self.sequences: dict[str, int] = defaultdict(int)
        self.verification = self.world.verification_context(MemoryArchive())
        self.hosts = Random(0)  # noqa: S311 (no secret)
        self.memberships: dict[tuple[LearnerId, str], tuple[int, int] | None] = {}
        self.gone: set[tuple[str, str]] = set()
        self.checked = 0
        self.membership_changes(OTHER, "period-1", A_DAY_MS, revoked=False, crash=None)

    def attempt(self, learner_id: LearnerId, call: Callable[[], WatchState], crash: str | None) -> None:
        """One call as its client sees it: answered, refused (and then nothing changed), or lost and sent again."""
        before = dict(self.world.store.items)
        self.world.store.crash = crash
        self.another_host()
        try:
            state = call()
        except Problem:
            assert self.world.store.items == before
            return
        except Crash:
            self.retry(learner_id, call, before)
            return
        finally:
            self.world.store.crash = None
        self.states[learner_id].append(state)

    def another_host(self) -> None:
        """The next call is answered by a host with a clock of its own."""
        self.world.clock.ahead_ms = self.hosts.choice([-SKEW_MS, 0, SKEW_MS, self.hosts.randint(-SKEW_MS, SKEW_MS)])

    def retry(self, learner_id: LearnerId, call: Callable[[], WatchState], before: dict[Any, Any]) -> None:
        """The client sends the same request again: what was applied before is answered, and not applied twice."""
        after_crash = dict(self.world.store.items)
        self.another_host()
        if after_crash == before:
            self.attempt(learner_id, call, None)
            return
        self.states[learner_id].append(call())
        assert self.world.store.items == after_crash

    @rule(
        learner_id=LEARNERS,
        course_id=COURSES,
        take_over=st.booleans(),
        old_key=st.booleans(),
        token_of=st.none() | st.integers(0, 3),
        crash=CRASHES,
    )
    def start(
        self,
        learner_id: LearnerId,
        course_id: CourseId,
        take_over: bool,
        old_key: bool,
        crash: str | None,
        token_of: int | None = None,
    ) -> None:
        """Starts or takes over, with a new key or one used before, from a new page or one that has some token.

        Nobody gets in unasked beside a player that was heard of as often as it has to be.
        """
        page = None if token_of is None else self.pick(learner_id, token_of)
        live = self.world.store.get(live_key(learner_id), Live)
        known = len(self.states[learner_id])
        keys = self.keys[learner_id]
        key = keys[-1] if old_key and keys else self.world.ids.new()
        keys.append(key)
        self.attempt(
            learner_id,
            lambda: (
                start_session(
                    self.world.context,
                    by(learner_id, key),
                    course_id,
                    take_over=take_over,
                    token=page.token if page else None,
                ).state
            ),
            crash,
        )
        if live and not take_over and not live.value.is_over():
            quiet_ms = self.right_time() - live.value.refilled_at
            for accepted in self.states[learner_id][known:]:
                is_own = page is not None and page.live.session_id == live.value.session_id
                assert is_own or accepted.live.session_id == live.value.session_id or quiet_ms >= LEASE_MS - 2 * SKEW_MS

    def right_time(self) -> int:
        """What a right clock shows."""
        self.world.clock.ahead_ms = 0
        return to_ms(self.world.clock.now())

    @rule(learner_id=LEARNERS, back=st.integers(0, 3), position_ms=st.integers(0, 90_000), crash=CRASHES)
    def beat_anywhere(self, learner_id: LearnerId, back: int, position_ms: int, crash: str | None) -> None:
        """A beat with some token, claiming any position."""
        if state := self.pick(learner_id, back):
            call = lambda: beat(self.world.context, by(learner_id), state.token, position_ms)  # noqa: E731
            known = len(self.states[learner_id])
            self.attempt(learner_id, call, crash)
            for accepted in self.states[learner_id][known:]:
                self.the_first_beat_that_reaches_a_prompt_opens_it(accepted)

    def the_first_beat_that_reaches_a_prompt_opens_it(self, accepted: WatchState) -> None:
        """No later one, whatever was credited."""
        upcoming = self.world.prompts(accepted)[accepted.live.confirmed :]
        assert (accepted.prompt is not None) == any(accepted.live.furthest_ms >= position for position in upcoming)

    @rule(
        learner_id=LEARNERS,
        course_id=COURSES,
        steps=st.integers(1, 15),
        wait_ms=st.integers(1, 31_000),
        errs=st.booleans(),
        crash=CRASHES,
    )
    def watch_honestly(
        self, learner_id: LearnerId, course_id: CourseId, steps: int, wait_ms: int, errs: bool, crash: str | None
    ) -> None:
        """Plays for a while from the credited point, and confirms what is shown; one of the calls may crash.

        Who errs answers each question wrongly first.
        """
        self.start(learner_id, course_id, take_over=True, old_key=False, crash=None)
        for step in range(steps):
            self.world.clock.advance(wait_ms)
            if state := self.pick(learner_id, 0):
                crash_now = crash if step == steps // 2 else None
                if errs and state.prompt and state.question and not state.prompt.wrong:
                    self.answer_wrongly(learner_id, state, crash_now)
                else:
                    self.play_on(learner_id, state, wait_ms, crash_now)

    def play_on(self, learner_id: LearnerId, state: WatchState, wait_ms: int, crash: str | None) -> None:
        """One call of an honest player."""
        context, position_ms = self.world.context, state.live.furthest_ms + wait_ms
        if state.prompt:
            nonce, choice = state.prompt.nonce, self.answer_to(state)
            self.attempt(learner_id, lambda: confirm_prompt(context, by(learner_id), state.token, nonce, choice), crash)
        else:
            self.attempt(learner_id, lambda: beat(context, by(learner_id), state.token, position_ms), crash)

    def answer_wrongly(self, learner_id: LearnerId, state: WatchState, crash: str | None) -> None:
        """It is asked again, once more under another nonce, and nothing is gained by it."""
        assert state.prompt
        right, nonce, answered = self.answer_to(state), state.prompt.nonce, len(self.states[learner_id])
        wrong = ((right or 0) + 1) % CHOICES
        context = self.world.context
        self.attempt(learner_id, lambda: confirm_prompt(context, by(learner_id), state.token, nonce, wrong), crash)
        for again in self.states[learner_id][answered:]:
            assert again.prompt
            assert (again.prompt.index, again.prompt.wrong) == (state.prompt.index, state.prompt.wrong + 1)
            assert again.prompt.nonce != nonce
            assert (again.live.furthest_ms, again.live.confirmed) == (state.live.furthest_ms, state.live.confirmed)

    @rule(
        learner_id=LEARNERS,
        back=st.integers(0, 3),
        other=st.integers(0, 5),
        choice=st.none() | st.integers(0, 4),
        crash=CRASHES,
    )
    def confirm_anything(
        self, learner_id: LearnerId, back: int, other: int, choice: int | None, crash: str | None
    ) -> None:
        """A confirmation with some token, some nonce and some choice."""
        nonces = [s.prompt.nonce for s in self.states[learner_id] if s.prompt] or ["never-shown"]
        if state := self.pick(learner_id, back):
            nonce = nonces[-1 - other % len(nonces)]
            context = self.world.context
            call = lambda: confirm_prompt(context, by(learner_id), state.token, nonce, choice)  # noqa: E731
            self.attempt(learner_id, call, crash)

    @rule(learner_id=LEARNERS, back=st.integers(0, 2), position_ms=st.integers(0, 90_000), crash=CRASHES)
    def pause(self, learner_id: LearnerId, back: int, position_ms: int, crash: str | None) -> None:
        """A pause with some token."""
        if state := self.pick(learner_id, back):
            call = lambda: pause(self.world.context, by(learner_id), state.token, position_ms)  # noqa: E731
            self.attempt(learner_id, call, crash)

    @rule(wait_ms=st.integers(0, 120_000), hosts=HOSTS)
    def time_passes(self, wait_ms: int, hosts: Random) -> None:
        """And the next calls meet other hosts."""
        self.world.clock.advance(wait_ms)
        self.hosts = hosts

    @rule(learner_id=LEARNERS, course_id=COURSES)
    def new_version_published(self, learner_id: LearnerId, course_id: CourseId) -> None:
        """Whoever is under way keeps the pinned version."""
        sequence = len(self.world.store.items) + len(self.states[learner_id])
        self.world.publish(course_id, version=f"v{sequence}", sequence=sequence, duration_ms=5_000)

    @rule(learner_id=LEARNERS, course_id=COURSES, back=st.integers(0, 1), crash=CRASHES)
    def entitlement_is_taken_back(
        self, learner_id: LearnerId, course_id: CourseId, back: int, crash: str | None
    ) -> None:
        """Orders asks for one of the last two entitlements; the queue delivers until it is decided, and once more."""
        number = max(0, self.bought[learner_id, course_id] - back)
        event = self.world.asked_to_revoke(learner_id, course_id, basis=f"claim-{number}" if number else "claim")
        self.world.store.crash = crash
        self.another_host()
        with suppress(Crash):
            decide_revocation(self.world.context, event)
        decide_revocation(self.world.context, event)

    @rule(learner_id=LEARNERS, course_id=COURSES)
    def entitlement_is_bought_again(self, learner_id: LearnerId, course_id: CourseId) -> None:
        """A purchase after a refund is another entitlement; so is a second one beside the first."""
        self.bought[learner_id, course_id] += 1
        self.world.entitle(learner_id, course_id, basis=f"claim-{self.bought[learner_id, course_id]}")

    @rule(learner_id=LEARNERS, period=PERIODS, lasts_ms=st.integers(1, 300_000), revoked=st.booleans(), crash=CRASHES)
    def membership_changes(
        self, learner_id: LearnerId, period: str, lasts_ms: int, revoked: bool, crash: str | None
    ) -> None:
        """A period begins, grows, shrinks or is taken back; the queue delivers until it is known, and once more."""
        self.world.clock.ahead_ms = 0
        now = self.world.clock.now()
        sequence = self.sequences[learner_id] = self.sequences[learner_id] + 1
        valid_until = now + timedelta(milliseconds=lasts_ms)
        event = self.world.membership_news(learner_id, period, sequence, now, valid_until, revoked=revoked)
        self.world.store.crash = crash
        self.another_host()
        with suppress(Crash):
            record_membership(self.world.context, event)
        record_membership(self.world.context, event)
        self.gone |= {(learner_id, period)} if revoked else set()
        is_gone = (learner_id, period) in self.gone
        self.memberships[learner_id, period] = None if is_gone else (to_ms(now), to_ms(valid_until))

    @rule(learner_id=LEARNERS, period=PERIODS, crash=CRASHES)
    def membership_is_asked_back(self, learner_id: LearnerId, period: str, crash: str | None) -> None:
        """Orders asks for a period, which may not be known yet; it is delivered until it is decided, and once more."""
        event = self.world.asked_to_revoke_period(learner_id, period)
        self.world.store.crash = crash
        self.another_host()
        with suppress(Crash):
            decide_revocation(self.world.context, event)
        decide_revocation(self.world.context, event)
        decided = [e.data["outcome"] for e in self.world.store.outbox if e.type == EntitlementRevocationDecided.TYPE]
        if decided[-1] == "revoked":
            self.gone.add((learner_id, period))
            self.memberships[learner_id, period] = None

    @rule()
    def key_is_rotated(self) -> None:
        """A new key signs from now on; the old ones go on verifying."""
        key_id = f"k{len(self.world.ring)}"
        self.world.ring |= {key_id: key_id * 20, "current": key_id}

    def answer_to(self, state: WatchState) -> int | None:
        """The right choice of what the open prompt asks."""
        return state.question.order.index(state.question.answer) if state.question else None

    def pick(self, learner_id: LearnerId, back: int) -> WatchState | None:
        """One of the last answers this learner was given."""
        states = self.states[learner_id]
        return states[-1 - back] if len(states) > back else None

    def watches(self, learner_id: LearnerId) -> list[tuple[Attempt, int]]:
        """The learner's watches, by the newest state."""
        begun = {stored.value.course_id for stored in read_attempts(self.world.store, learner_id)}
        return [read_progress(self.world.context, by(learner_id), course_id) for course_id in sorted(begun)]

    @invariant()
    def credit_costs_real_time(self) -> None:
        """In any window, over all courses, each at its own highest rate: at most the time elapsed and one gap cap.

        Time is the server's, as a learner's calls were told it. By the right time the hosts' difference is had once.
        """
        now = self.right_time()
        for learner_id in (LEARNER, OTHER):
            live = self.world.store.get(live_key(learner_id), Live)
            if live is None:
                self.credited[learner_id] = [(now, now - SKEW_MS, Fraction())]
                continue
            told = live.value.refilled_at
            total = sum(
                (watch.furthest_ms / Fraction(watch.max_rate) for watch, _ in self.watches(learner_id)), Fraction()
            )
            for then, told_then, before in self.credited[learner_id]:
                assert total - before <= told - told_then + GAP_CAP_MS
                assert total - before <= now - then + GAP_CAP_MS + 2 * SKEW_MS
            self.credited[learner_id].append((now, told, total))

    @invariant()
    def coverage_is_a_growing_prefix_that_passes_at_most_one_prompt(self) -> None:
        """It never shrinks, never passes the end, nor the prompt after the next unconfirmed one."""
        for learner_id in (LEARNER, OTHER):
            for watch, _ in self.watches(learner_id):
                positions = self.world.context.prompts_of(watch, policy(watch.policy_id))
                assert self.furthest[watch.watch_id] <= watch.furthest_ms <= watch.duration_ms
                assert all(watch.furthest_ms <= position for position in positions[watch.confirmed + 1 :])
                self.furthest[watch.watch_id] = watch.furthest_ms

    @invariant()
    def an_open_prompt_was_reached_and_holds_everything_until_it_is_confirmed(self) -> None:
        """It opens with the first credit that reaches or passes it, keeps that credit, and lets nothing else by."""
        for learner_id in (LEARNER, OTHER):
            for watch, _ in self.watches(learner_id):
                positions = self.world.context.prompts_of(watch, policy(watch.policy_id))
                asked = None
                for fact in (leg.facts for leg in self.world.legs(watch.watch_id)):
                    assert asked in (None, fact.furthest_ms)
                    if fact.kind is LegKind.PROMPT_OPENED:
                        assert fact.furthest_ms >= positions[fact.prompt_index or 0]
                        asked = fact.furthest_ms
                    asked = None if fact.kind is LegKind.PROMPT_CONFIRMED else asked
                assert (watch.prompt is not None) == (asked is not None)
                assert asked in (None, watch.furthest_ms)

    @invariant()
    def complete_means_covered_and_confirmed_and_is_told_once(self) -> None:
        """There is no other way to completion, and it leaves exactly one event."""
        told = [event.subject for event in self.world.store.outbox if event.type == COMPLETED]
        for learner_id in (LEARNER, OTHER):
            for watch, prompts in self.watches(learner_id):
                covered = watch.furthest_ms >= watch.duration_ms - 2_000 and watch.confirmed == prompts
                assert (watch.completed_at is not None) == covered
                assert told.count(watch.watch_id) == int(covered)

    @invariant()
    def completion_and_revocation_never_both_win(self) -> None:
        """What was taken back carries no completion and no session; what carries one was not taken back."""
        decided = [e.data for e in self.world.store.outbox if e.type == EntitlementRevocationDecided.TYPE]
        revoked = {(data["learner_id"], data["entitlement_id"]) for data in decided if data["outcome"] == "revoked"}
        completed: dict[tuple[str, str], set[str]] = defaultdict(set)
        for told in (e.data for e in self.world.store.outbox if e.type == COMPLETED):
            completed[told["learner_id"], told["entitlement_id"]].add(told["watch_id"])
        assert revoked.isdisjoint(completed)
        for data in decided:
            assert (data["watch_id"] is None) == (data["outcome"] == "revoked")
            assert set(data["completed_watch_ids"]) <= completed[data["learner_id"], data["entitlement_id"]]
        for learner_id in (LEARNER, OTHER):
            live = self.world.store.get(live_key(learner_id), Live)
            if live and (learner_id, live.value.entitlement_id) in revoked:
                assert live.value.revoked_at is not None
                assert not live.value.has_lease(live.value.revoked_at)

    @invariant()
    def the_quota_that_is_charged_is_of_the_learners_running_period(self) -> None:
        """Checked at the step that completes: no membership changes within one."""
        told = [e.data for e in self.world.store.outbox if e.type == COMPLETED]
        for data in told[self.checked :]:
            assert data["counts_against_member_quota"] == (data["basis"] == "membership")
            assert (data["membership_period_id"] is not None) == (data["basis"] == "membership")
            if data["basis"] == "membership":
                runs = self.memberships[data["learner_id"], data["membership_period_id"]]
                assert runs is not None
                assert runs[0] - SKEW_MS <= to_ms(datetime.fromisoformat(str(data["completed_at"]))) < runs[1]
        self.checked = len(told)

    @invariant()
    def no_session_outlives_its_membership(self) -> None:
        """What was taken back or shortened carries no session that would run longer."""
        for (learner_id, period), runs in self.memberships.items():
            live = self.world.store.get(live_key(learner_id), Live)
            if live and live.value.entitlement_id == period and live.value.revoked_at is None:
                assert runs is not None
                assert (live.value.entitled_until or 0) <= runs[1]

    @invariant()
    def every_chain_is_whole(self) -> None:
        """The signed records agree with the head at every moment, across key rotations."""
        for learner_id in (LEARNER, OTHER):
            for watch, _ in self.watches(learner_id):
                legs = self.world.legs(watch.watch_id)
                assert self.world.verify(watch.watch_id, legs, (watch.legs, watch.head_mac)) == []

    @invariant()
    def everything_stored_is_as_it_was_sealed(self) -> None:
        """The operators' check has nothing to say, whatever happened in whatever order."""
        for learner_id in (LEARNER, OTHER):
            verdicts = verify_watches(self.verification, HeadsReport(), learner_id)
            assert [finding for verdict in verdicts for finding in verdict.findings] == []

    @invariant()
    def prompts_are_confirmed_by_right_answers_only(self) -> None:
        """Each confirmation is recorded once; whatever was answered wrongly was recorded before it, and is none."""
        for learner_id in (LEARNER, OTHER):
            for watch, _ in self.watches(learner_id):
                facts = [leg.facts for leg in self.world.legs(watch.watch_id)]
                confirmed = [fact.prompt_index for fact in facts if fact.kind is LegKind.PROMPT_CONFIRMED]
                assert confirmed == list(range(watch.confirmed))
                wrong = [fact.prompt_index for fact in facts if fact.kind is LegKind.ANSWERED_WRONG]
                assert wrong == sorted(index for index in wrong if index is not None)
                assert set(wrong) <= {*confirmed, len(confirmed)}

    @invariant()
    def one_live_item_and_one_attempt_a_course(self) -> None:
        """Exclusive playback follows from there being one live item; starting again never draws a new attempt."""
        for learner_id in (LEARNER, OTHER):
            for course_id in DURATIONS:
                assert len(read_attempts(self.world.store, learner_id, course_id)) <= 1


TestWatchMachine = WatchMachine.TestCase
TestWatchMachine.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
