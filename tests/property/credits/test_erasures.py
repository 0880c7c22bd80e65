"""Forgetting a person in the middle of anything, with crashes: in the end nothing names them; the ledger is whole."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.credits.app.context import ErasureContext
from services.credits.app.declarations.declare_hours import declare_hours, open_batch, read_declarations
from services.credits.app.declarations.export_batch import batch_lines, close_batch
from services.credits.app.erasure.erase_person import erase_person
from services.credits.app.erasure.finish_erasure import finish_erasure
from services.credits.app.profiles.items import is_erased
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Kind
from services.kit.call import Call
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from tests.unit.credits.documents_world import Desk
from tests.unit.credits.world import ADMINISTRATOR, AFP, CFP, LEARNER, Crash, World, completed, own_call

NAME, NUMBER, EMAIL = "欧阳知行", "NUMBER-77", "person@example.com"

OFFICER = Principal("officer-1", frozenset({Role.RECORDS}))


class Users:
    """Who can sign in."""

    def __init__(self) -> None:
        self.deleted = False

    def delete(self, learner_id: LearnerId) -> None:
        """Deletes."""
        assert learner_id == LEARNER
        self.deleted = True


class ErasureMachine(RuleBasedStateMachine):
    """One person, who does everything in any order, also with a token from before."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.world: World = self.desk.world
        self.desk.ctx = replace(self.desk.ctx, draw=lambda *_: b"%PDF")
        self.users = Users()
        self.watches = 0
        self.finished = False

    @initialize()
    def begin(self) -> None:
        """With everything there is."""
        self.name()
        self.register(AFP)
        self.confirm(AFP)
        self.watch()
        self.document()

    @rule()
    def name(self) -> None:
        """Gives name and address."""
        self.may_refuse(lambda: self.world.name(real_name=NAME, email=EMAIL))

    @rule(credential=st.sampled_from([AFP, CFP]))
    def register(self, credential: Credential) -> None:
        """Registers a certificate."""
        self.may_refuse(lambda: self.world.register(credential, number=NUMBER, proof=f"sent from {EMAIL}"))

    @rule(credential=st.sampled_from([AFP, CFP]))
    def confirm(self, credential: Credential) -> None:
        """An administrator confirms."""
        self.may_refuse(lambda: self.world.confirm(credential))

    @rule()
    def watch(self) -> None:
        """Completes a lecture."""
        self.watches += 1
        self.world.publish(f"c{self.watches}", content=f"l{self.watches}", eligible=["AFP", "CFP"])
        self.world.deliver(completed(f"w{self.watches}", f"c{self.watches}"))

    @rule()
    def document(self) -> None:
        """Asks for a certificate of completion."""
        awards = [entry for entry in self.world.entries() if entry.kind is Kind.AWARD]
        if awards:
            self.may_refuse(lambda: self.desk.issue(awards[-1]))

    @rule()
    def declare(self) -> None:
        """Declares what there is."""
        if AFP in self.world.certificates():
            start = self.world.certificates()[AFP].period_start
            before = len(read_declarations(self.world.store, LEARNER).items)
            self.may_refuse(lambda: declare_hours(self.world.ctx, own_call(LEARNER), AFP, start))
            assert not self.erased() or len(read_declarations(self.world.store, LEARNER).items) == before

    @rule()
    def grant(self) -> None:
        """An administrator enters hours."""
        before = self.world.entries()
        self.may_refuse(lambda: self.world.grant("0.5"))
        assert not self.erased() or self.world.entries() == before

    @rule()
    def close(self) -> None:
        """The records officer closes a batch."""
        before = self.left()
        key = f"close-{self.world.ctx.ids.new()}"
        self.may_refuse(lambda: close_batch(self.world.records, Call(OFFICER, "request-7", key), AFP, "monthly"))
        assert not self.erased() or self.left() == before

    @rule(crash=st.sampled_from([None, "before", "after"]))
    def erase(self, crash: str | None) -> None:
        """The administrator erases; the function may die over it."""
        self.dying(crash, 0, lambda: erase_person(self.world.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked"))

    @rule(crash=st.sampled_from([None, None, "before", "after"]), spared=st.integers(0, 2))
    def follow(self, crash: str | None, spared: int) -> None:
        """The event of it arrives, for the first time or once more."""
        events = self.world.sent("credits.person_erased.v1")
        if not events:
            return
        ctx = ErasureContext(*self.world.ports, self.users, self.world.pictures)
        if self.dying(crash, spared, lambda: finish_erasure(ctx, events[0])):
            self.finished = True

    @invariant()
    def once_it_is_finished_nothing_names_the_person_whatever_they_do(self) -> None:
        """For good."""
        if self.finished:
            kept = " ".join(text for _, text in self.world.store.items.values())
            assert [trace for trace in (NAME, NUMBER, EMAIL) if trace in kept] == []
            assert self.users.deleted

    @invariant()
    def the_ledger_is_whole(self) -> None:
        """Whatever is erased."""
        assert self.world.verdict().faults == []

    @invariant()
    def no_event_names_anybody(self) -> None:
        """At any time."""
        sent = " ".join(event.model_dump_json() for event in self.world.store.outbox)
        assert [trace for trace in (NAME, NUMBER, EMAIL) if trace in sent] == []

    def erased(self) -> bool:
        """Whether the person was forgotten; what else names them may still be there."""
        return is_erased(self.world.store, LEARNER)

    def left(self) -> set[str]:
        """The lines that have left."""
        numbers = range(1, open_batch(self.world.store, AFP).number + 1)
        lines = [line for number in numbers for line in batch_lines(self.world.store, AFP, number)]
        return {line.line_id for line in lines if line.left}

    def may_refuse(self, act: Callable[[], object]) -> None:
        """Refusals are answers."""
        try:
            act()
        except Problem:
            return

    def dying(self, crash: str | None, spared: int, act: Callable[[], object]) -> bool:
        """Whether it came to its end."""
        self.world.store.crash, self.world.store.spared = crash, spared
        try:
            act()
        except Crash:
            return False
        finally:
            self.world.store.crash, self.world.store.spared = None, 0
        return True


TestErasures = ErasureMachine.TestCase
TestErasures.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
