"""Daily anchors of ledgers, and the operator's check of every ledger there is."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import boto3
import pytest
from moto import mock_aws

from services.credits.adapters.table_inventory import scan_inventory
from services.credits.app.ledger.anchor_ledgers import AnchorReport, anchor_ledgers, read_anchors
from services.credits.app.ledger.items import Posting, award_key, entry_key, head_key, posting_key
from services.credits.app.ledger.postings import postings_of
from services.credits.app.ledger.verify_ledger import Inventory, verify_all, verify_ledger
from services.credits.cli import verify_chain as command
from services.credits.domain.awarding import award_mark
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Kind, sealed
from services.credits.domain.verification import Fault, FaultKind
from services.credits.handlers import anchor as handler
from services.kit.store.codec import encode
from tests.gateway import LambdaContext
from tests.unit.credits.world import AFP, LEARNER, NOON_IN_SHANGHAI, OTHER, Crash, World, completed

DAY_MS = 86_400_000


@pytest.fixture
def world() -> World:
    """Two learners who watch a course a day each, for three days; the fourth day has come."""
    made = World()
    for learner in (LEARNER, OTHER):
        made.certify(AFP, learner=learner)
    for day in range(3):
        if day:
            run(made)
        made.publish(f"c{day}", content=f"l{day}", eligible=["AFP"])
        for learner in (LEARNER, OTHER):
            made.deliver(completed(f"w{day}{learner[:4]}", f"c{day}", learner=learner))
        made.clock.advance(DAY_MS)
    return made


def run(world: World) -> list[date]:
    return anchor_ledgers(world.records)


def anchors(world: World) -> AnchorReport:
    return read_anchors(world.ctx, world.objects)


def inventory(world: World) -> Inventory:
    """What a scan finds."""
    found = Inventory()
    for key in world.store.items:
        if key.pk.startswith("LEARNER#"):
            found.learners.add(LearnerId(key.pk.removeprefix("LEARNER#")))
    for number in range(31):
        for posting in postings_of(world.store, date(2026, 1, 1 + number)):
            found.add(posting)
    return found


def faults(world: World) -> dict[str, Fault]:
    verdicts = verify_all(world.ctx, anchors(world), inventory(world))
    return {learner: verdict.fault for learner, verdict in verdicts if verdict.fault}


def roll_back(world: World, learner: LearnerId = LEARNER) -> None:
    """Entries, marks and head together, to a state that was once valid: what an operator with write access can do."""
    gone = world.entries(learner)[-1]
    del world.store.items[entry_key(learner, gone.number)]
    if gone.kind is Kind.AWARD and gone.credential and gone.period:
        del world.store.items[award_key(learner, award_mark(gone))]
    last = world.entries(learner)[-1]
    head = sealed(learner, last.number, last.mac, world.ctx.macs)
    world.store.items[head_key(learner)] = (world.store.items[head_key(learner)][0], encode(head))


def test_every_day_that_is_over_is_anchored_once(world: World) -> None:
    assert run(world) == [date(2026, 1, 7)]
    assert run(world) == []
    found = anchors(world)
    assert (found.problems, found.last_day) == ([], date(2026, 1, 7))
    assert [head.count for head in found.heads[LEARNER]] == [1, 2, 3]
    assert faults(world) == {}


def test_the_first_run_begins_with_the_first_posting(world: World) -> None:
    world.objects.kept.clear()
    assert run(world) == [date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)]
    assert anchors(world).problems == []


def test_a_day_without_postings_is_anchored_too(world: World) -> None:
    world.clock.advance(3 * DAY_MS)
    assert run(world)[-1] == date(2026, 1, 10)
    assert anchors(world).problems == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_anchoring_goes_on_wherever_it_died(world: World, moment: str) -> None:
    world.objects.crash = moment
    with pytest.raises(Crash):
        run(world)
    run(world)
    assert anchors(world).problems == []
    assert world.objects.names("anchors/")[-1] == "anchors/2026-01-07.json"


def test_a_roll_back_of_entries_and_head_together_is_found(world: World) -> None:
    run(world)
    roll_back(world)
    assert verify_ledger(world.ctx, LEARNER).fault is None
    assert verify_ledger(world.ctx, LEARNER, anchors(world)).fault == Fault(FaultKind.ROLLED_BACK, 3)
    assert faults(world) == {LEARNER: Fault(FaultKind.ROLLED_BACK, 3)}


def test_a_roll_back_with_another_history_after_it_is_found(world: World) -> None:
    run(world)
    roll_back(world)
    world.publish("other", content="other", eligible=["AFP"])
    world.deliver(completed("w-other", "other"))
    assert verify_ledger(world.ctx, LEARNER).fault is None
    assert faults(world)[LEARNER].kind is FaultKind.ROLLED_BACK


def test_what_happened_since_the_last_anchor_is_not_found_by_it(world: World) -> None:
    """What the documents say of it."""
    roll_back(world)
    assert verify_ledger(world.ctx, LEARNER, anchors(world)).fault is None


def test_a_ledger_that_vanished_is_found(world: World) -> None:
    run(world)
    for key in [key for key in world.store.items if LEARNER in key.pk or LEARNER in key.sk]:
        del world.store.items[key]
    assert faults(world) == {LEARNER: Fault(FaultKind.ROLLED_BACK, 1)}


def test_an_entry_without_its_day_and_a_day_without_its_entry_are_found(world: World) -> None:
    posting = posting_key(Posting(LEARNER, 1, 1, NOON_IN_SHANGHAI))
    kept = world.store.items.pop(posting)
    assert faults(world) == {LEARNER: Fault(FaultKind.NOT_POSTED, 1)}
    world.store.items[posting] = kept
    del world.store.items[entry_key(OTHER, 3)]
    del world.store.items[head_key(OTHER)]
    assert faults(world)[OTHER].kind is FaultKind.HEAD_MISSING


@pytest.mark.parametrize(
    ("day", "text", "problem"),
    [
        ("2026-01-06", b"{}", "cannot be read"),
        ("2026-01-06", None, "are missing before 2026-01-07"),
        ("2026-01-05", None, "does not follow"),
    ],
)
def test_anchors_that_somebody_touched(world: World, day: str, text: bytes | None, problem: str) -> None:
    run(world)
    if text is None:
        del world.objects.kept[f"anchors/{day}.json"]
    else:
        world.objects.kept[f"anchors/{day}.json"] = text
    assert any(problem in said for said in anchors(world).problems)


def test_an_anchor_with_a_head_that_we_did_not_seal(world: World) -> None:
    run(world)
    key = "anchors/2026-01-07.json"
    world.objects.kept[key] = world.objects.kept[key].replace(b'"count":3', b'"count":2')
    assert any("did not seal" in said for said in anchors(world).problems)


def test_anchors_that_stopped_are_told(world: World) -> None:
    run(world)
    world.clock.advance(3 * DAY_MS)
    assert anchors(world).problems == ["the last anchor is of 2026-01-07"]


def test_the_schedules_function(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.credits.bootstrap.records", lambda: world.records)
    assert handler.handler({}, LambdaContext()) == {"days": ["2026-01-07"]}  # type: ignore[arg-type]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The world's items in a table of moto's."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("TABLE_NAME", "data")
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="data",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


def fill(world: World, client: Any) -> None:
    for key, (version, body) in world.store.items.items():
        values = {"pk": {"S": key.pk}, "sk": {"S": key.sk}, "version": {"N": str(version)}, "body": {"S": body}}
        client.put_item(TableName="data", Item=values)


def test_the_inventory_is_the_whole_table(world: World, aws: Any) -> None:
    fill(world, aws)
    said: list[int] = []
    assert scan_inventory(aws, "data", said.append) == inventory(world)
    assert said[-1] == len(world.store.items)


def test_the_command_checks_every_ledger(
    world: World, aws: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(world)
    monkeypatch.setattr("services.credits.bootstrap.ledger", lambda: world.ctx)
    monkeypatch.setattr("services.credits.bootstrap.records", lambda: world.records)
    monkeypatch.setattr("sys.argv", ["verify_chain", "--all"])
    fill(world, aws)
    capsys.readouterr()
    assert command.main() == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["2 ledgers with 6 entries checked: 0 broken"]
    roll_back(world)
    assert command.main() == 1
    said = capsys.readouterr().out
    assert f"{LEARNER}: BROKEN at entry 3: not what an anchor says" in said
    assert "2 ledgers with 5 entries checked: 1 broken" in said
    world.objects.kept["anchors/2026-01-05.json"] = b"{}"
    monkeypatch.setattr("sys.argv", ["verify_chain", "--learner", OTHER])
    assert command.main() == 1
    assert "the anchor of 2026-01-05 cannot be read" in capsys.readouterr().out
