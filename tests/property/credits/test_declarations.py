"""Declaring, closing, answering, reviewing in any order, with a crash anywhere: nothing leaves twice, all adds up.

And nothing leaves that does not stand at that moment.
"""

import csv
import io
from collections import Counter
from datetime import date
from decimal import Decimal
from hashlib import sha256

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.credits.app.declarations.declare_hours import declare_hours, open_batch, read_declarations
from services.credits.app.declarations.export_batch import batch_lines, close_batch, list_batches
from services.credits.app.declarations.import_results import import_results, read_outcomes
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import DeclarationState, Line, LineKind, Outcome, declarable, reversed_numbers
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Kind
from services.credits.domain.review import Standing, standing_of
from services.kit.call import Call
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from tests.unit.credits.world import LEARNER, OTHER, Crash, World, completed, own_call

START = date(2025, 1, 1)
OFFICER = Principal("officer-1", frozenset({Role.RECORDS}))
CREDENTIALS = (Credential.AFP, Credential.CFP)

learners = st.sampled_from([LEARNER, OTHER])
credentials = st.sampled_from(CREDENTIALS)
crashes = st.sampled_from([None, None, "before", "after"])
spares = st.integers(0, 2)


GONE = {DeclarationState.WITHDRAWN, DeclarationState.TAKEN_BACK, DeclarationState.DENIED}


class DeclarationMachine(RuleBasedStateMachine):
    """Two learners, two certificates, one records officer."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.count = 0
        self.files: dict[str, bytes] = {}
        self.reversed: set[tuple[str, int]] = set()

    @initialize()
    def begin(self) -> None:
        """Both learners hold both certificates."""
        for learner in (LEARNER, OTHER):
            self.world.certify(*CREDENTIALS, learner=learner)

    @rule(learner=learners, hours=st.sampled_from(["0.25", "1.5", "24"]))
    def award(self, learner: LearnerId, hours: str) -> None:
        """A lecture is watched, and counts for both certificates."""
        self.count += 1
        course = f"c{self.count}"
        self.world.publish(course, content=course, hours=hours, eligible=CREDENTIALS)
        self.world.deliver(completed(f"w{self.count}", course, learner=learner))

    @rule(learner=learners, credential=credentials, crash=crashes)
    def declare(self, learner: LearnerId, credential: Credential, crash: str | None) -> None:
        """The learner declares, perhaps again."""
        self._dying(crash, 0)
        try:
            declared = declare_hours(self.world.ctx, own_call(learner), credential, START)
        except Crash:
            assert crash
        except Problem:
            assert not declarable(self.world.entries(learner), credential, START)
        else:
            assert all(d.declaration.credential is credential for d in declared)
        self._revive()

    @rule(credential=credentials, crash=crashes, spared=spares, of_file=st.booleans())
    def close(self, credential: Credential, crash: str | None, spared: int, of_file: bool) -> None:
        """The officer closes a batch, under a new key each time."""
        self.count += 1
        before = self._left()
        if of_file:
            self.world.objects.crash = crash
        else:
            self._dying(crash, spared)
        try:
            close_batch(
                self.world.records, Call(OFFICER, "request-7", f"close-{self.count:012d}"), credential, "monthly"
            )
        except Crash:
            assert crash
        except Problem:
            waiting = self._exported(credential, open_batch(self.world.store, credential).number)
            assert not any(line.kind is LineKind.COUNTER or self._stands(line) for line in waiting)
        self._revive()
        assert all(self._stands(line) for line_id, line in self._left().items() if line_id not in before)

    @rule(credential=credentials, data=st.data(), crash=crashes)
    def answer(self, credential: Credential, data: st.DataObject, crash: str | None) -> None:
        """The certifying body answers some lines of some batch."""
        batches = [b.number for b in list_batches(self.world.store, credential) if b.file]
        if not batches:
            return
        number = data.draw(st.sampled_from(batches))
        known = read_outcomes(self.world.store, credential, number)
        rows = [f"{line},{outcome},{outcome}" for line, outcome in known.items()]
        for line in self._exported(credential, number):
            if line.line_id not in known and data.draw(st.booleans()):
                rows.append(f"{line.line_id},{data.draw(st.sampled_from(Outcome))},because")
        text = "\n".join(["line_id,result,reason", *rows])
        self._dying(crash, 0)
        try:
            import_results(self.world.records, Call(OFFICER, "request-7"), credential, number, text, "letter")
        except Crash:
            assert crash
        self._revive()

    @rule(learner=learners, data=st.data(), standing=st.sampled_from(Standing))
    def review(self, learner: LearnerId, data: st.DataObject, standing: Standing) -> None:
        """A reviewer holds an award, lets it stand or takes it back; what that publishes arrives some time."""
        entries = self.world.entries(learner)
        awards = [e for e in entries if e.kind is Kind.AWARD and standing_of(e, entries) is not Standing.VOID]
        if awards:
            self.world.review(data.draw(st.sampled_from(awards)).number, standing, learner)

    @rule(crash=crashes, spared=spares)
    def hear(self, crash: str | None, spared: int) -> None:
        """Reversals' events arrive, for the first time or once more; the queue delivers again what failed."""
        self._dying(crash, spared)
        try:
            self._hear()
        except Crash:
            assert crash
        self._revive()
        self._hear()

    @invariant()
    def every_line_is_in_one_batch(self) -> None:
        """One that moved on is withdrawn behind; and no line leaves while an earlier one of its entry stands."""
        for credential in CREDENTIALS:
            seen = Counter(
                line.line_id for number in self._numbers(credential) for line in self._exported(credential, number)
            )
            assert all(times == 1 for times in seen.values())
            standing: Counter[str] = Counter()
            for number in self._closed(credential):
                outcomes = read_outcomes(self.world.store, credential, number)
                for line in self._exported(credential, number):
                    if line.kind is LineKind.DECLARED and outcomes.get(line.line_id) is not Outcome.DENIED:
                        standing[line.entry_id] += 1
            assert all(times == 1 for times in standing.values())

    @invariant()
    def a_file_never_changes_and_is_what_its_batch_says(self) -> None:
        """Bytes, checksum, rows and totals."""
        for credential in CREDENTIALS:
            for batch in list_batches(self.world.store, credential):
                if batch.file is None:
                    continue  # whoever closes next finishes it
                kept = self.world.objects.kept[batch.file.key]
                assert self.files.setdefault(batch.file.key, kept) == kept
                assert sha256(kept).hexdigest() == batch.file.sha256
                rows = list(csv.DictReader(io.StringIO(kept.decode("utf-8-sig"))))
                lines = self._exported(credential, batch.number)
                assert len(rows) == batch.file.totals.rows == len(lines)
                assert not any(line.is_undecided for line in lines)
                assert sum((Decimal(row["学时 hours"]) for row in rows), Decimal(0)) == batch.file.totals.net_hours
                assert batch.file.totals.net_hours == sum(
                    (line.hours for line in self._exported(credential, batch.number)), Decimal(0)
                )

    @invariant()
    def what_left_adds_up_to_what_the_learners_see(self) -> None:
        """Lines that left, less those denied and those countered, are the entries that are exported or accepted."""
        for credential in CREDENTIALS:
            left = Decimal(0)
            denied_of: set[str] = set()
            for number in self._numbers(credential):
                outcomes = read_outcomes(self.world.store, credential, number)
                denied_of |= {line_id for line_id, outcome in outcomes.items() if outcome is Outcome.DENIED}
            for number in self._numbers(credential):
                for line in self._all(credential, number):
                    is_out = number in self._closed(credential) or line.kind is LineKind.COUNTER
                    void = line.withdrawn or (line.line_id in denied_of and line.kind is LineKind.DECLARED)
                    if is_out and not void and line.counters not in denied_of:
                        left += line.hours
            standing = {DeclarationState.EXPORTED, DeclarationState.ACCEPTED}
            seen = [d for learner in (LEARNER, OTHER) for d in read_declarations(self.world.store, learner).items]
            hours = [
                d.declaration.hours for d in seen if d.declaration.credential is credential and d.state in standing
            ]
            assert left == sum(hours, Decimal(0))

    @invariant()
    def what_was_reversed_stands_nowhere(self) -> None:
        """Once its event has arrived, it is withdrawn, taken back, or was denied anyway; if it was declared at all."""
        ended = {DeclarationState.WITHDRAWN, DeclarationState.TAKEN_BACK, DeclarationState.DENIED}
        for learner in (LEARNER, OTHER):
            for found in read_declarations(self.world.store, learner).items:
                assert (learner, found.declaration.entry_number) not in self.reversed or found.state in ended

    def _numbers(self, credential: Credential) -> range:
        return range(1, open_batch(self.world.store, credential).number + 1)

    def _closed(self, credential: Credential) -> set[int]:
        return {batch.number for batch in list_batches(self.world.store, credential)}

    def _all(self, credential: Credential, number: int) -> list[Line]:
        return batch_lines(self.world.store, credential, number)

    def _exported(self, credential: Credential, number: int) -> list[Line]:
        return [line for line in self._all(credential, number) if not line.withdrawn]

    def _left(self) -> dict[str, Line]:
        """The declared lines that have left."""
        found = [line for c in CREDENTIALS for number in self._numbers(c) for line in self._all(c, number)]
        return {line.line_id: line for line in found if line.left}

    def _stands(self, line: Line) -> bool:
        entries = self.world.entries(line.learner_id)
        (award,) = [entry for entry in entries if entry.entry_id == line.entry_id]
        return standing_of(award, entries) is Standing.STANDS

    def _hear(self) -> None:
        for event in self.world.sent("credits.hours_reversed.v1"):
            self.world.deliver(event)
        for learner in (LEARNER, OTHER):
            self.reversed |= {(learner, number) for number in reversed_numbers(self.world.entries(learner))}

    def _dying(self, crash: str | None, spared: int) -> None:
        self.world.store.crash, self.world.store.spared = crash, spared if crash else 0

    def _revive(self) -> None:
        self.world.store.crash, self.world.store.spared, self.world.objects.crash = None, 0, None


TestDeclarations = DeclarationMachine.TestCase
TestDeclarations.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
