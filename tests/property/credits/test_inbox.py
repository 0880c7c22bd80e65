"""The inbox under any order of deliveries, repetitions, crashes and readings: one notice per watch, unread adds up."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.credits.app.notices.inbox import mark_read, read_inbox
from services.credits.handlers.notices import event_handlers
from tests.unit.credits.world import AFP, CFP, LEARNER, Crash, World, completed, own_call

CONFIRMED = "credits.certificate_confirmed.v1"
"""Files a deadline, and is told to nobody."""
AWARDED = "credits.hours_awarded.v1"
"""Tells of its watch; the event of what is held of the same watch has nothing to add."""
numbers = st.integers(1, 14)


class InboxMachine(RuleBasedStateMachine):
    """One learner, who is awarded and held hours, and reads."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.world.certify(AFP)
        self.world.name()
        self.watches = 0
        self.told: set[str] = set()
        self.read: set[int] = set()

    @rule()
    def watch(self) -> None:
        """A lecture gives an award and a hold."""
        self.watches += 1
        self.world.publish(f"c{self.watches}", content=f"l{self.watches}", eligible=[AFP, CFP])
        self.world.deliver(completed(f"w{self.watches}", f"c{self.watches}"))

    @rule(which=st.integers(0, 30), crash=st.sampled_from([None, None, "before", "after"]))
    def deliver(self, which: int, crash: str | None) -> None:
        """Any event that there is arrives, for the first time or once more; the function may die over it."""
        handlers = event_handlers(self.world.notices)
        events = [event for event in self.world.store.outbox if event.type in handlers and event.type != CONFIRMED]
        if not events:
            return
        event = events[which % len(events)]
        self.world.store.crash = crash
        try:
            handlers[event.type](event)
        except Crash:
            if crash == "before":
                return
        finally:
            self.world.store.crash = None
        if event.type == AWARDED:
            self.told.add(event.id)

    @rule(some=st.lists(numbers, max_size=4), up_to=st.integers(0, 14))
    def reads(self, some: list[int], up_to: int) -> None:
        """The learner reads some, and all up to one."""
        left = mark_read(self.world.ctx, own_call(LEARNER), some, up_to)
        here = len(self.told)
        self.read |= {number for number in (*some, *range(1, up_to + 1)) if number <= here}
        assert left == here - len(self.read)

    @invariant()
    def every_watch_that_arrived_is_told_once_and_what_was_read_is_read(self) -> None:
        """The inbox is what was delivered and read, nothing else."""
        view = read_inbox(self.world.store, LEARNER, None, 50)
        assert sorted(notice.event_id for notice in view.notices.items) == sorted(self.told)
        assert [notice.number for notice in view.notices.items] == list(range(len(self.told), 0, -1))
        assert {notice.number for notice in view.notices.items if view.inbox.is_read(notice.number)} == self.read
        assert view.inbox.unread == len(self.told) - len(self.read)


TestInbox = InboxMachine.TestCase
TestInbox.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
