"""Declaring hours, from the learner's call to the certifying body's answer and back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest

from services.credits.app.declarations.declare_hours import (
    DeclaredEntry,
    declare_hours,
    end_declarations,
    open_batch,
    read_declarations,
)
from services.credits.app.declarations.export_batch import (
    batch_lines,
    close_batch,
    finish_batch,
    list_batches,
    read_holders,
)
from services.credits.app.declarations.import_results import ImportSummary, import_results
from services.credits.app.declarations.items import Batch
from services.credits.app.erasure.erase_person import erase_person
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import Ending, Line, LineKind
from services.credits.domain.ids import LearnerId
from services.credits.domain.review import Standing
from services.kit.call import Call
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from services.kit.store import Change, Put
from tests.unit.credits.world import ADMINISTRATOR, AFP, CFP, LEARNER, OTHER, Crash, World, completed, own_call

OFFICER = Principal("officer-1", frozenset({Role.RECORDS}))
START = date(2025, 1, 1)
KEY = "close-0000000000000001"


def a_world(entries: int = 3, *learners: LearnerId) -> World:
    """Learners with so many awards to AFP each, none declared."""
    world = World()
    for number in range(entries):
        world.publish(f"course-{number}", content=f"lecture-{number}", eligible=["AFP"], hours="1.25")
    for learner in learners or (LEARNER,):
        world.certify(AFP, learner=learner)
        for number in range(entries):
            world.deliver(completed(f"w-{learner[:4]}-{number}", f"course-{number}", learner=learner))
    return world


def declare(world: World, learner: LearnerId = LEARNER) -> list[DeclaredEntry]:
    return declare_hours(world.ctx, own_call(learner), AFP, START)


def close(world: World, key: str = KEY) -> Batch:
    return close_batch(world.records, Call(OFFICER, "request-7", key), AFP, "monthly")


def answer(world: World, number: int, *rows: str) -> ImportSummary:
    text = "\n".join(["line_id,result,reason", *rows])
    return import_results(world.records, Call(OFFICER, "request-7"), AFP, number, text, "letter 7")


def states(world: World, learner: LearnerId = LEARNER) -> list[str]:
    return [str(declared.state) for declared in read_declarations(world.store, learner, 0, 1_000).items]


def void(world: World, *numbers: int) -> None:
    """Takes awards back; the event is on its way."""
    for number in numbers:
        world.review(number, Standing.VOID)


def hear(world: World) -> None:
    """Every reversal's event arrives, for the first time or once more."""
    for event in world.sent("credits.hours_reversed.v1"):
        world.deliver(event)


def reverse(world: World, *numbers: int) -> None:
    void(world, *numbers)
    hear(world)


def lines(world: World, number: int) -> list[str]:
    """A batch's lines in short."""
    found = batch_lines(world.store, AFP, number)
    return sorted(f"{line.kind} {line.hours}{' withdrawn' if line.withdrawn else ''}" for line in found)


def line_ids(world: World, number: int) -> list[str]:
    return [line.line_id for line in batch_lines(world.store, AFP, number)]


def test_from_declaration_to_acceptance() -> None:
    world = a_world()
    assert [d.state for d in declare(world)] == ["declared"] * 3
    batch = close(world)
    assert batch.file
    assert (batch.number, batch.file.totals.rows, batch.file.totals.net_hours) == (1, 3, Decimal("3.75"))
    assert states(world) == ["exported"] * 3
    first, second, third = (d.declaration.last.line_id for d in read_declarations(world.store, LEARNER).items)
    assert answer(world, 1, f"{first},accepted,", f"{second},denied,超出范围", f"{third},,") == ImportSummary(
        2, 1, 1, 1
    )
    assert states(world) == ["accepted", "denied", "exported"]
    (denied,) = [d for d in read_declarations(world.store, LEARNER).items if d.state == "denied"]
    assert denied.result
    assert denied.result.reason == "超出范围"


def test_declaring_again_changes_nothing() -> None:
    world = a_world()
    declare(world)
    before = world.state()
    declare(world)
    assert world.state() == before
    close(world)
    before = world.state()
    assert [d.state for d in declare(world)] == ["exported"] * 3
    assert world.state() == before


def test_what_is_awarded_later_joins_the_open_batch() -> None:
    world = a_world(2)
    declare(world)
    world.publish("new", content="new", eligible=["AFP"])
    world.deliver(completed("w-new", "new"))
    declare(world)
    assert len(line_ids(world, 1)) == 3


def test_only_awards_of_the_certificate_and_period_are_declared() -> None:
    world = a_world(1)
    world.publish("both", content="both", eligible=["AFP", "CFP"])
    world.certify(CFP)
    world.deliver(completed("w-both", "both"))
    world.publish("late", content="late", eligible=["AFP"])
    world.clock.advance(400 * 86_400_000)
    world.deliver(completed("w-late", "late", at=world.clock.now()))
    declared = declare(world)
    assert [d.declaration.credential for d in declared] == [AFP, AFP]
    assert {d.declaration.period.start for d in declared} == {START}


@pytest.mark.parametrize(("credential", "start"), [(CFP, START), (AFP, date(2027, 1, 1))])
def test_nothing_to_declare(credential: Credential, start: date) -> None:
    world = a_world()
    before = world.state()
    with pytest.raises(Problem) as refused:
        declare_hours(world.ctx, own_call(LEARNER), credential, start)
    assert refused.value.type.code == "NOTHING_TO_DECLARE"
    assert world.state() == before


def test_a_denied_entry_is_declared_again_in_a_line_of_its_own() -> None:
    world = a_world(1)
    declare(world)
    close(world)
    (first,) = line_ids(world, 1)
    answer(world, 1, f"{first},denied,证号有误")
    (again,) = declare(world)
    assert (again.state, len(again.declaration.submissions)) == ("declared", 2)
    (second,) = line_ids(world, 2)
    assert (first, second) == (f"{again.declaration.entry_id}-1", f"{again.declaration.entry_id}-2")
    close(world, KEY[:-1] + "2")
    answer(world, 2, f"{second},通过,")
    assert states(world) == ["accepted"]


def test_an_entry_reversed_before_it_leaves_is_withdrawn() -> None:
    world = a_world(2)
    declare(world)
    reverse(world, 1)
    assert states(world) == ["withdrawn", "declared"]
    assert lines(world, 1) == ["declared 1.25", "declared 1.25 withdrawn"]
    batch = close(world)
    assert batch.file
    assert (batch.file.totals.rows, batch.file.totals.net_hours) == (1, Decimal("1.25"))
    assert states(world) == ["withdrawn", "exported"]
    assert declare(world)[0].state == "withdrawn"


@pytest.mark.parametrize("result", ["", "accepted"])
def test_an_entry_reversed_after_it_left_is_a_counter_line_of_the_next_batch(result: str) -> None:
    world = a_world(2)
    declare(world)
    close(world)
    first = read_declarations(world.store, LEARNER).items[0].declaration.last.line_id
    if result:
        answer(world, 1, f"{first},{result},")
    reverse(world, 1)
    reverse(world, 1)
    assert states(world) == ["taken_back", "exported"]
    (counter,) = batch_lines(world.store, AFP, 2)
    assert (counter.kind, counter.hours, counter.counters) == (LineKind.COUNTER, Decimal("-1.25"), first)
    batch = close(world, KEY[:-1] + "2")
    assert batch.file
    assert (batch.file.totals.counter_rows, batch.file.totals.net_hours) == (1, Decimal("-1.25"))
    answer(world, 2, f"{counter.line_id},accepted,")
    assert states(world) == ["taken_back", "exported"]
    assert declare(world)[0].state == "taken_back"


def test_an_entry_reversed_after_its_denial_needs_no_counter_line() -> None:
    world = a_world(2)
    declare(world)
    close(world)
    first = read_declarations(world.store, LEARNER).items[0].declaration.last.line_id
    answer(world, 1, f"{first},denied,重复")
    reverse(world, 1)
    assert states(world) == ["denied", "exported"]
    assert [d.state for d in declare(world)] == ["denied", "exported"]
    assert line_ids(world, 2) == []


def test_an_erased_persons_lines_leave_only_if_they_had_left() -> None:
    world = a_world(2)
    declare(world)
    close(world)
    world.publish("new", content="new", eligible=["AFP"], hours="2")
    world.deliver(completed("w-new", "new"))
    declare(world)
    end_declarations(world.ctx, LEARNER, (1, 2, 3), Ending.ERASED)
    assert states(world) == ["exported", "exported", "withdrawn"]
    assert lines(world, 2) == ["declared 2 withdrawn"]


def test_the_file_is_bytes_that_never_change() -> None:
    world = a_world(3, LEARNER, OTHER)
    for learner in (LEARNER, OTHER):
        declare(world, learner)
    batch = close(world)
    assert batch.file
    kept = world.objects.kept["batches/AFP-000001.csv"]
    assert (batch.file.sha256, batch.file.size) == (sha256(kept).hexdigest(), len(kept))
    reverse(world, 1)
    assert finish_batch(world.records, AFP, 1) == batch
    assert world.objects.kept["batches/AFP-000001.csv"] == kept
    rows = kept.decode("utf-8-sig").splitlines()
    assert rows[0].split(",")[:3] == ["批次 batch_id", "行号 line_id", "类型 kind"]
    assert [row.split(",")[1] for row in rows[1:]] == sorted(line_ids(world, 1))
    (mine, *_) = [row for row in rows[1:] if LEARNER in row]
    assert ",AFP,2025-01-01,2026-12-31,2026-01-05,elective,1.25," in mine
    assert mine.endswith(",,")


def test_an_empty_batch_is_not_closed() -> None:
    world = a_world(1)
    for declared in (False, True):
        if declared:
            declare(world)
            reverse(world, 1)
        before = world.state()
        with pytest.raises(Problem) as refused:
            close(world)
        assert refused.value.type.code == "BATCH_EMPTY"
        assert world.state() == before


def test_the_same_key_answers_the_same_batch_and_another_one_closes_the_next() -> None:
    world = a_world(2)
    declare(world)
    assert close(world) == close(world)
    world.publish("new", content="new", eligible=["AFP"])
    world.deliver(completed("w-new", "new"))
    declare(world)
    assert close(world).number == 1
    assert close(world, KEY[:-1] + "2").number == 2
    assert [batch.number for batch in list_batches(world.store, AFP)] == [2, 1]


def test_holders_are_told_apart_from_the_file() -> None:
    world = a_world(3, LEARNER, OTHER)
    for learner in (LEARNER, OTHER):
        declare(world, learner)
    close(world)
    assert b"N-001" not in world.objects.kept["batches/AFP-000001.csv"]
    found: dict[LearnerId, str | None] = {}
    after, pages = "", 0
    while True:
        page = read_holders(world.store, AFP, 1, after, 4)
        found |= {holder.learner_id: holder.certificate_number for holder in page.items}
        pages += 1
        if page.after is None:
            break
        after = page.after
    assert (found, pages) == ({LEARNER: "N-001", OTHER: "N-77777777-3a4"}, 2)
    with pytest.raises(Problem):
        read_holders(world.store, AFP, 2, "", 4)


MANY = 500


@pytest.fixture(scope="module")
def many() -> World:
    """A learner with five hundred awards."""
    return a_world(MANY)


def test_five_hundred_entries_in_transactions_that_dynamodb_takes(many: World) -> None:
    assert {d.state for d in declare(many)} == {"declared"}
    batch = close(many)
    assert batch.file
    assert (batch.file.totals.rows, batch.file.totals.net_hours) == (MANY, Decimal("625.00"))
    done = answer(many, 1, *(f"{line_id},accepted," for line_id in line_ids(many, 1)))
    assert done == ImportSummary(MANY, MANY, 0, 0)
    assert set(states(many)) == {"accepted"}


def commits(world: World, act: Callable[[], object]) -> int:
    """How many commits an act makes."""
    made = [0]
    commit = world.store.commit

    def counted(change: Change) -> None:
        made[0] += 1
        commit(change)

    world.store.commit = counted  # type: ignore[method-assign]
    act()
    world.store.commit = commit  # type: ignore[method-assign]
    return made[0]


def a_hundred_and_twenty() -> World:
    return a_world(120)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_declaring_goes_on_wherever_it_died(moment: str) -> None:
    whole = a_hundred_and_twenty()
    total = commits(whole, lambda: declare(whole))
    assert total > 2
    for spared in range(total):
        world = a_hundred_and_twenty()
        world.store.spared, world.store.crash = spared, moment
        with pytest.raises(Crash):
            declare(world)
        assert {d.state for d in declare(world)} == {"declared"}
        assert line_ids(world, 1) == line_ids(whole, 1)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("spared", [0, 1])
@pytest.mark.parametrize("key", [KEY, "close-0000000000000002"])
def test_closing_goes_on_with_the_same_batch_wherever_it_died(moment: str, spared: int, key: str) -> None:
    """Between the closing and the file, and between the file and its totals; by the same call or by somebody else's."""
    world = a_world()
    declare(world)
    world.store.spared, world.store.crash = spared, moment
    with pytest.raises(Crash):
        close(world)
    again = close(world, key) if (spared, moment) != (1, "after") else finish_batch(world.records, AFP, 1)
    assert again.file
    assert (again.number, again.file.totals.rows) == (1, 3)
    assert open_batch(world.store, AFP).number == 2
    assert [batch.number for batch in list_batches(world.store, AFP)] == [1]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_file_that_was_not_or_just_kept_when_the_function_died(moment: str) -> None:
    world = a_world()
    declare(world)
    world.objects.crash = moment
    with pytest.raises(Crash):
        close(world)
    assert list_batches(world.store, AFP)[0].file is None
    again = close(world)
    assert again.file
    assert again.file.sha256 == sha256(world.objects.kept["batches/AFP-000001.csv"]).hexdigest()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_import_goes_on_wherever_it_died(moment: str) -> None:
    world = a_hundred_and_twenty()
    declare(world)
    close(world)
    rows = [f"{line_id},denied,不符" for line_id in line_ids(world, 1)]
    before = dict(world.store.items)
    for spared in (0, 1):
        world.store.items = dict(before)
        world.store.spared, world.store.crash = spared, moment
        with pytest.raises(Crash):
            answer(world, 1, *rows)
        assert answer(world, 1, *rows).denied == 120
        assert answer(world, 1, *rows).added == 0
        assert set(states(world)) == {"denied"}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_taking_back_goes_on_wherever_it_died(moment: str) -> None:
    world = a_world(2)
    declare(world)
    close(world)
    void(world, 1, 2)
    for spared in (0, 1):
        world.store.spared, world.store.crash = spared, moment
        with pytest.raises(Crash):
            hear(world)
    hear(world)
    assert lines(world, 2) == ["counter -1.25"] * 2


def test_the_batch_that_closes_meanwhile_is_not_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other call closes the batch between this one's reading and its writing."""
    world = a_world(1, LEARNER, OTHER)
    declare(world, OTHER)
    meanwhile(world, monkeypatch, lambda: close(world))
    declare(world)
    assert (len(line_ids(world, 1)), len(line_ids(world, 2))) == (1, 1)


def test_what_is_reversed_meanwhile_is_not_declared_on_old_news(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world(2)
    meanwhile(world, monkeypatch, lambda: reverse(world, 1))
    assert [d.declaration.entry_number for d in declare(world)] == [2]


def test_what_is_reversed_or_under_review_is_not_declared() -> None:
    world = a_world(3)
    reverse(world, 1)
    world.review(2, Standing.UNDER_REVIEW)
    assert [d.declaration.entry_number for d in declare(world)] == [3]
    world.review(2, Standing.STANDS)
    assert [d.declaration.entry_number for d in declare(world)] == [2, 3]


def test_what_is_declared_after_its_reversal_was_heard_of_is_nothing() -> None:
    """The event of a reversal comes before the declaration, and again after it."""
    world = a_world(1)
    reverse(world, 1)
    with pytest.raises(Problem):
        declare(world)
    hear(world)
    assert states(world) == []


def test_staff_actions_are_in_the_audit_log() -> None:
    world = a_world(1)
    declare(world)
    close(world)
    answer(world, 1, f"{line_ids(world, 1)[0]},accepted,")
    audit = [text for key, (_, text) in world.store.items.items() if key.pk.startswith("AUDIT#")]
    assert [action for action in ("close_batch", "import_results") for text in audit if action in text] == [
        "close_batch",
        "import_results",
    ]
    assert sum('"actor":"officer-1"' in text and "AFP-000001" in text for text in audit) == 2


def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Somebody else acts between the next commit's reading and its writing."""
    commit = world.store.commit

    def late(change: Change) -> None:
        monkeypatch.setattr(world.store, "commit", commit)
        act()
        commit(change)

    monkeypatch.setattr(world.store, "commit", late)


def test_a_batch_that_closes_while_an_entry_is_reversed_goes_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world(2)
    declare(world)
    void(world, 1)
    meanwhile(world, monkeypatch, lambda: close(world))
    hear(world)
    assert (lines(world, 1), lines(world, 2)) == (["declared 1.25", "declared 1.25 withdrawn"], [])


def test_a_denial_that_comes_while_an_entry_is_reversed_needs_no_counter_line(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world(1)
    declare(world)
    close(world)
    (line_id,) = line_ids(world, 1)
    void(world, 1)
    meanwhile(world, monkeypatch, lambda: answer(world, 1, f"{line_id},denied,no"))
    hear(world)
    assert (states(world), line_ids(world, 2)) == (["denied"], [])


def test_hours_under_review_do_not_leave_and_wait_in_the_next_batch() -> None:
    world = a_world(2)
    declare(world)
    world.review(1, Standing.UNDER_REVIEW)
    batch = close(world)
    assert batch.file
    assert (batch.file.totals.rows, batch.file.totals.net_hours) == (1, Decimal("1.25"))
    assert states(world) == ["declared", "exported"]
    assert lines(world, 2) == ["declared 1.25"]
    world.review(1, Standing.STANDS)
    assert [d.state for d in declare(world)] == ["declared", "exported"]
    second = close(world, KEY[:-1] + "2")
    assert second.file
    assert second.file.totals.rows == 1
    assert states(world) == ["exported", "exported"]
    (moved,) = line_ids(world, 2)
    answer(world, 2, f"{moved},accepted,")
    assert states(world) == ["accepted", "exported"]


def test_a_line_that_waited_is_withdrawn_where_the_review_takes_the_hours_back() -> None:
    world = a_world(2)
    declare(world)
    world.review(1, Standing.UNDER_REVIEW)
    close(world)
    reverse(world, 1)
    assert states(world) == ["withdrawn", "exported"]
    assert lines(world, 2) == ["declared 1.25 withdrawn"]


def test_hours_that_were_taken_back_do_not_leave_while_their_event_is_on_its_way() -> None:
    world = a_world(2)
    declare(world)
    void(world, 1)
    batch = close(world)
    assert batch.file
    assert batch.file.totals.rows == 1
    hear(world)
    assert states(world) == ["withdrawn", "exported"]
    assert lines(world, 2) == []


def test_a_batch_of_which_no_hours_stand_is_not_closed() -> None:
    world = a_world(1)
    declare(world)
    world.review(1, Standing.UNDER_REVIEW)
    before = world.state()
    with pytest.raises(Problem) as refused:
        close(world)
    assert refused.value.type.code == "BATCH_EMPTY"
    assert world.state() == before


def test_a_review_that_overtakes_the_closing_keeps_its_hours_back() -> None:
    world = a_world(2)
    declare(world)
    commit = world.store.commit

    def overtaken(change: Change) -> None:
        if any(isinstance(write, Put) and isinstance(write.value, Line) for write in change.writes):
            world.store.commit = commit  # type: ignore[method-assign]
            world.review(1, Standing.UNDER_REVIEW)
        commit(change)

    world.store.commit = overtaken  # type: ignore[method-assign]
    batch = close(world)
    assert batch.file
    assert batch.file.totals.rows == 1
    assert states(world) == ["declared", "exported"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_hours_reversed_while_their_batch_is_being_closed_are_withdrawn_and_not_countered(moment: str) -> None:
    world = a_world(2)
    declare(world)
    world.store.spared, world.store.crash = (0, "after") if moment == "after" else (1, "before")
    with pytest.raises(Crash):
        close(world)
    reverse(world, 1)
    batch = finish_batch(world.records, AFP, 1)
    assert batch.file
    assert batch.file.totals.rows == 1
    assert states(world) == ["withdrawn", "exported"]
    assert lines(world, 2) == []


def test_a_closing_asks_every_ledger_in_transactions_that_dynamodb_takes() -> None:
    learners = [LearnerId(f"{number:04d}-learner") for number in range(60)]
    world = a_world(2, *learners)
    for learner in learners:
        declare(world, learner)
        world.review(1, Standing.UNDER_REVIEW, learner)
    batch = close(world)
    assert batch.file
    assert batch.file.totals.rows == 60
    assert len(line_ids(world, 2)) == 60


def test_lines_that_left_before_that_was_noted_are_countered() -> None:
    world = a_world(1)
    declare(world)
    close(world)
    (line,) = world.store.query("DECLARED#AFP#000001", "LINE#", Line)
    version, text = world.store.items[line.key]
    world.store.items[line.key] = (version, text.replace(',"left":true', ""))
    assert "left" not in world.store.items[line.key][1]
    reverse(world, 1)
    assert states(world) == ["taken_back"]
    assert lines(world, 1) == ["declared 1.25"]


def test_a_line_that_was_countered_before_it_was_settled_leaves_with_its_counter_to_follow() -> None:
    """As the last release did it, while its batch was being closed."""
    world = a_world(1)
    declare(world)
    world.store.spared, world.store.crash = 0, "after"
    with pytest.raises(Crash):
        close(world)
    (stored,) = world.store.query("DECLARED#AFP#000001", "LINE#", Line)
    version, text = world.store.items[stored.key]
    world.store.items[stored.key] = (version, text.replace('"left":false', '"left":true'))
    reverse(world, 1)
    world.store.items[stored.key] = (version, text)
    batch = finish_batch(world.records, AFP, 1)
    assert batch.file
    assert batch.file.totals.rows == 1
    assert lines(world, 2) == ["counter -1.25"]


def test_a_token_that_outlives_the_erasure_declares_nothing() -> None:
    world = a_world(1)
    erase_person(world.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    before = world.state()
    with pytest.raises(Problem, match="PERSON_ERASED"):
        declare(world)
    assert world.state() == before


def test_a_declaration_that_an_erasure_overtakes_is_refused() -> None:
    world = a_world(1)
    commit = world.store.commit

    def overtaken(change: Change) -> None:
        world.store.commit = commit  # type: ignore[method-assign]
        erase_person(world.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
        commit(change)

    world.store.commit = overtaken  # type: ignore[method-assign]
    with pytest.raises(Problem, match="PERSON_ERASED"):
        declare(world)
    assert lines(world, 1) == []


def test_an_erased_persons_lines_do_not_leave_while_the_erasure_is_being_finished() -> None:
    world = a_world(1, LEARNER, OTHER)
    for learner in (LEARNER, OTHER):
        declare(world, learner)
    erase_person(world.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    batch = close(world)
    assert batch.file
    assert batch.file.totals.rows == 1
    assert (states(world), states(world, OTHER)) == (["withdrawn"], ["exported"])
