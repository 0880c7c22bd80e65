"""Each day's heads of ledgers, in the log; and the operator's check of every ledger there is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from services.credits.adapters.table_inventory import scan_inventory
from services.credits.app.ledger.check_ledgers import NIGHTS_OF_A_ROUND, check_ledgers
from services.credits.app.ledger.items import Posting, award_key, entry_key, head_key, posting_key
from services.credits.app.ledger.postings import postings_of
from services.credits.app.ledger.read_heads import HeadsReport, LogView, read_all_heads
from services.credits.app.ledger.seal_heads import seal_ledger_heads
from services.credits.app.ledger.sealed_records import HeadsFolder
from services.credits.app.ledger.verify_ledger import Inventory, verify_all, verify_ledger
from services.credits.cli import verify_chain as command
from services.credits.domain.awarding import award_mark
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Head, Kind, sealed
from services.credits.domain.verification import Fault, FaultKind
from services.credits.handlers import seal as handler
from services.kit.days import Days
from services.kit.heads import PARTS, part_of
from services.kit.store.codec import encode
from services.kit.tlog.merkle import inclusion_proof
from services.kit.tlog.policies import read_policy
from services.kit.tlog.proofs import Proof
from tests.gateway import LambdaContext
from tests.unit.credits.world import AFP, LEARNER, NOON_IN_SHANGHAI, OTHER, Crash, World, completed
from tests.unit.kit.tlog_world import A_POLICY, WITNESSES, Keyholder, Tree, a_policy

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


def run(world: World) -> list[str]:
    """What the schedule does; answers the days."""
    names = seal_ledger_heads(world.records, world.clock.now() + timedelta(minutes=10))
    return sorted({name.split("/")[0] for name in names})


def log_of(world: World) -> LogView:
    """The log as it is once it has taken all that credits told of."""
    tree = Tree()
    digests = [str(event.data["digest"]) for event in world.sent("credits.record_sealed.v1")]
    tree.add([bytes.fromhex(digest) for digest in digests])

    def proof(digest: str) -> str | None:
        if digest not in digests:
            return None
        index = digests.index(digest)
        hashes = inclusion_proof(index, tree.size, tree.read())
        return str(Proof(index, tuple(hashes), tree.note(cosigned_by=WITNESSES)))

    return LogView(proof, a_policy())


def heads(world: World, log: LogView | None = None) -> HeadsReport:
    return read_all_heads(world.ctx, HeadsFolder(world.objects), log or log_of(world))


def name_of(learner: str, day: str) -> str:
    """The key of the document that has a learner's head of a day."""
    return f"heads/{day}/{part_of(learner):02}.json"


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


def faults(world: World) -> dict[str, list[Fault]]:
    verdicts = verify_all(world.ctx, heads(world), inventory(world))
    return {learner: verdict.faults for learner, verdict in verdicts if verdict.faults}


def roll_back(world: World, learner: LearnerId = LEARNER) -> None:
    """Entries, marks and head together, to a state that was once valid: what an operator with write access can do."""
    gone = world.entries(learner)[-1]
    del world.store.items[entry_key(learner, gone.number)]
    if gone.kind is Kind.AWARD and gone.credential and gone.period:
        del world.store.items[award_key(learner, award_mark(gone))]
    last = world.entries(learner)[-1]
    head = sealed(learner, last.number, last.mac, world.ctx.macs)
    world.store.items[head_key(learner)] = (world.store.items[head_key(learner)][0], encode(head))


def test_every_day_that_is_over_is_sealed_once_and_told_of(world: World) -> None:
    assert run(world) == ["2026-01-07"]
    assert run(world) == []
    assert len(world.sent("credits.record_sealed.v1")) == 3 * PARTS
    found = heads(world)
    assert found.problems == []
    assert found.sealed
    assert found.sealed.last == date(2026, 1, 7)
    assert [head.count for head in found.heads[LEARNER]] == [1, 2, 3]
    assert faults(world) == {}


def test_an_event_names_nobody(world: World) -> None:
    run(world)
    told = [event.model_dump_json() for event in world.sent("credits.record_sealed.v1")]
    assert told
    assert not [text for text in told if LEARNER in text or OTHER in text]


def test_a_day_without_postings_is_sealed_too(world: World) -> None:
    world.clock.advance(3 * DAY_MS)
    assert run(world)[-1] == "2026-01-10"
    assert heads(world).problems == []


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("what", ["objects", "store"])
def test_sealing_goes_on_wherever_it_died(world: World, what: str, moment: str) -> None:
    (world.objects if what == "objects" else world.store).crash = moment
    with pytest.raises(Crash):
        run(world)
    run(world)
    assert heads(world).problems == []
    assert world.objects.names("heads/")[-1] == "heads/2026-01-07/15.json"


def test_a_roll_back_of_entries_and_head_together_is_found(world: World) -> None:
    run(world)
    roll_back(world)
    assert verify_ledger(world.ctx, LEARNER).faults == []
    gone = [Fault(FaultKind.ROLLED_BACK, 3)]
    assert verify_ledger(world.ctx, LEARNER, heads(world).heads[LEARNER]).faults == gone
    assert faults(world)[LEARNER][0] == gone[0]


def test_a_roll_back_with_another_history_after_it_is_found(world: World) -> None:
    run(world)
    roll_back(world)
    world.publish("other", content="other", eligible=["AFP"])
    world.deliver(completed("w-other", "other"))
    assert verify_ledger(world.ctx, LEARNER).faults == []
    assert faults(world)[LEARNER][0].kind is FaultKind.ROLLED_BACK


def test_what_happened_since_the_last_heads_is_not_found_by_them(world: World) -> None:
    """What the documents say of it."""
    roll_back(world)
    assert verify_ledger(world.ctx, LEARNER, heads(world).heads[LEARNER]).faults == []


def test_a_ledger_that_vanished_is_found_with_all_that_it_had(world: World) -> None:
    run(world)
    for key in [key for key in world.store.items if LEARNER in key.pk or LEARNER in key.sk]:
        del world.store.items[key]
    assert faults(world) == {LEARNER: [Fault(FaultKind.ROLLED_BACK, number) for number in (1, 2, 3)]}


def test_a_ledger_that_grows_no_more_is_checked_in_turn_twice_a_month_at_least(world: World) -> None:
    run(world)
    world.clock.advance(10 * DAY_MS)
    folder = HeadsFolder(world.objects)

    def round_of_nights() -> list[str]:
        found = []
        for _ in range(NIGHTS_OF_A_ROUND):
            night = check_ledgers(world.ctx, folder)
            found += [*night.faults, *night.problems]
            world.clock.advance(DAY_MS)
        return found

    assert round_of_nights() == []
    roll_back(world)
    assert set(round_of_nights()) == {LEARNER}
    world.objects.kept[name_of(OTHER, "2026-01-06")] = b"{}"
    assert any("not what they should be" in found for found in round_of_nights())


def test_an_entry_without_its_day_and_a_day_without_its_entry_are_found(world: World) -> None:
    posting = posting_key(Posting(LEARNER, 1, 1, NOON_IN_SHANGHAI))
    kept = world.store.items.pop(posting)
    assert faults(world) == {LEARNER: [Fault(FaultKind.NOT_POSTED, 1)]}
    world.store.items[posting] = kept
    del world.store.items[entry_key(OTHER, 3)]
    del world.store.items[head_key(OTHER)]
    assert faults(world)[OTHER][0].kind is FaultKind.HEAD_MISSING
    assert faults(world)[OTHER][-1] == Fault(FaultKind.NOT_POSTED, 3)


@pytest.mark.parametrize(
    ("day", "text", "problem"),
    [
        ("2026-01-06", b"{}", "not what they should be"),
        ("2026-01-06", b"[1]", "not what they should be"),
        ("2026-01-06", None, "are missing before"),
        ("2026-01-05", None, "does not follow"),
    ],
)
def test_heads_that_somebody_touched(world: World, day: str, text: bytes | None, problem: str) -> None:
    run(world)
    for key in world.objects.names(f"heads/{day}/"):
        if text is None:
            del world.objects.kept[key]
        else:
            world.objects.kept[key] = text
    assert any(problem in said for said in heads(world).problems)


def test_a_head_that_we_did_not_seal_and_a_document_that_the_log_does_not_have(world: World) -> None:
    run(world)
    key = name_of(LEARNER, "2026-01-07")
    world.objects.kept[key] = world.objects.kept[key].replace(b'"count":3', b'"count":2')
    said = heads(world).problems
    assert any("did not seal" in problem for problem in said)
    assert any("is not in the log" in problem for problem in said)


def test_documents_made_later_than_they_say_are_caught_by_an_older_checkpoint(world: World) -> None:
    run(world)
    log = log_of(world)
    seen = Tree()
    seen.add([b"what the log had at that time"])
    older = a_policy().accept(seen.note(cosigned_by=WITNESSES))
    found = heads(world, replace(log, older=[older])).problems
    assert len(found) == 3 * PARTS - 1, "all that came after it; witnesses' clocks are months later here"
    assert all("BACK-DATED" in problem for problem in found)


def test_a_log_of_somebody_else_proves_nothing(world: World) -> None:
    run(world)
    log = log_of(world)
    stranger = read_policy(f"log {Keyholder('log.example/2026', seed=9).key}\nquorum none\n")
    assert all("does not prove" in problem for problem in heads(world, replace(log, policy=stranger)).problems)


def test_heads_that_stopped_are_told(world: World) -> None:
    run(world)
    world.clock.advance(3 * DAY_MS)
    assert heads(world).problems == ["the last heads are of 2026-01-07"]


def test_the_schedules_function(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.credits.bootstrap.records", lambda: world.records)
    assert len(handler.handler({}, LambdaContext())["heads"]) == PARTS  # type: ignore[arg-type]


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
    world: World, aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(world)
    policy = tmp_path / "policy.txt"
    policy.write_text(A_POLICY)
    monkeypatch.setattr("services.credits.bootstrap.ledger", lambda: world.ctx)
    monkeypatch.setattr("services.credits.bootstrap.records", lambda: world.records)
    monkeypatch.setattr(command, "proofs_at", lambda _url: log_of(world).proofs)

    def check(*options: str) -> int:
        monkeypatch.setattr("sys.argv", ["verify_chain", *options, "--policy", str(policy), "--log", "http://log"])
        return command.main()

    fill(world, aws)
    capsys.readouterr()
    assert check("--all") == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["2 ledgers with 6 entries checked: 0 broken"]
    roll_back(world)
    assert check("--all") == 1
    said = capsys.readouterr().out
    assert f"{LEARNER}: BROKEN (2 entries found): entry 3: not what the heads of that day say" in said
    assert "2 ledgers with 5 entries checked: 1 broken" in said
    world.objects.kept["heads/2026-01-05/07.json"] = b"{}"
    assert check("--learner", OTHER) == 1
    assert "the heads 2026-01-05/07 are not what they should be" in capsys.readouterr().out


def test_an_entry_whose_posting_was_removed_on_its_day_is_named_by_every_check(world: World) -> None:
    removed = [key for key in world.store.items if key.pk.startswith("POSTED#2026-01-07") and LEARNER in key.sk]
    assert removed
    for key in removed:
        del world.store.items[key]
    assert verify_ledger(world.ctx, LEARNER, *known_heads(world)).faults == [], "that day is not sealed"
    run(world)
    last = world.entries(LEARNER)[-1].number
    assert verify_ledger(world.ctx, LEARNER, *known_heads(world)).faults == [Fault(FaultKind.UNNOTED, last)]
    world.clock.advance(10 * DAY_MS)
    nightly = [check_ledgers(world.ctx, HeadsFolder(world.objects)).faults for _ in nights(world)]
    assert {fault for faults in nightly for fault in faults.get(LEARNER, [])} == {Fault(FaultKind.UNNOTED, last)}


def known_heads(world: World) -> tuple[list[Head], Days | None]:
    """The learner's, and the days that are sealed."""
    report = heads(world)
    return report.heads[LEARNER], report.sealed


def nights(world: World) -> Iterator[None]:
    """A round of nightly checks."""
    for _ in range(NIGHTS_OF_A_ROUND):
        yield
        world.clock.advance(DAY_MS)
