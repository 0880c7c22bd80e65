"""The chain: the first entry that is not as it was written is named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.credits.app.ledger.items import award_key, entry_key, head_key
from services.credits.cli import verify_chain as command
from services.credits.domain.awarding import mark_name
from services.credits.domain.credentials import Category
from services.credits.domain.ids import LearnerId, MembershipPeriodId, WatchId
from services.credits.domain.ledger import BrokenHead, Entry, Head, Kind, Reason
from services.credits.domain.periods import Period
from services.credits.domain.verification import Fault, FaultKind
from services.kit.keyring import UnknownKey
from services.kit.store import Conflict
from services.kit.store.codec import encode
from tests.unit.credits.world import AFP, CFP, LEARNER, OTHER, World, completed

HEAD = head_key(LEARNER)


def written(entries: int = 4, learner: LearnerId = LEARNER) -> World:
    w = World()
    w.certify(AFP, learner=learner)
    for i in range(entries):
        w.publish(f"c{i}", content=f"lecture-{i}", eligible=["AFP"])
        w.deliver(completed(f"w{i}", f"c{i}", learner=learner))
    return w


def put(w: World, number: int, entry: Entry) -> None:
    """What somebody with access to the table could do."""
    w.store.items[entry_key(LEARNER, number)] = (1, encode(entry))


def test_a_whole_chain() -> None:
    verdict = written().verdict()
    assert (verdict.entries, verdict.faults) == (4, [])
    assert World().verdict().faults == []


CHANGES: dict[str, Callable[[Entry], dict[str, Any]]] = {
    "entry_id": lambda _: {"entry_id": "other"},
    "learner_id": lambda _: {"learner_id": OTHER},
    "at": lambda e: {"at": e.at + timedelta(milliseconds=1)},
    "kind": lambda _: {"kind": Kind.HOLD},
    "reason": lambda _: {"reason": Reason.CERTIFICATE_CONFIRMED},
    "hours": lambda _: {"hours": Decimal("15")},
    "same hours in other words": lambda _: {"hours": Decimal("1.50")},
    "credential": lambda _: {"credential": CFP},
    "no credential": lambda _: {"credential": None},
    "period": lambda _: {"period": Period(date(2027, 1, 1), date(2028, 12, 31))},
    "settles": lambda _: {"settles": 1},
    "category": lambda e: {"completion": replace(e.completion, category=Category.COMPULSORY)},
    "watch": lambda e: {"completion": replace(e.completion, watch_id=WatchId("w9"))},
    "completed_at": lambda e: {
        "completion": replace(e.completion, completed_at=e.completion.completed_at - timedelta(microseconds=1))
    },
    "quota": lambda e: {"completion": replace(e.completion, membership_period_id=MembershipPeriodId("m1"))},
    "another title": lambda e: {"completion": replace(e.completion, title_en="other")},
    "no English title": lambda e: {"completion": replace(e.completion, title_en=None)},
    "prev_mac": lambda _: {"prev_mac": "00" * 32},
    "mac": lambda _: {"mac": "00" * 32},
    "no mac": lambda _: {"mac": ""},
    "not a mac": lambda _: {"mac": "zz"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_entry(change: Callable[[Entry], dict[str, Any]]) -> None:
    w = written()
    put(w, 2, replace(w.entries()[1], **change(w.entries()[1])))
    assert w.verdict().faults == [Fault(FaultKind.CHANGED, 2)]


def test_entries_from_before_english_titles_were_kept_are_whole() -> None:
    w = World()
    w.certify(AFP)
    w.publish(title_en=None, eligible=["AFP"])
    w.deliver(completed())
    key = entry_key(LEARNER, 1)
    version, text = w.store.items[key]
    w.store.items[key] = (version, text.replace(',"title_en":null', ""))
    assert "title_en" not in w.store.items[key][1]
    assert w.verdict().faults == []


def test_a_missing_entry() -> None:
    w = written()
    del w.store.items[entry_key(LEARNER, 3)]
    assert w.verdict().faults == [Fault(FaultKind.MISSING, 3)]


def test_reordered_entries() -> None:
    w = written()
    second, third = w.entries()[1:3]
    put(w, 2, third)
    put(w, 3, second)
    assert w.verdict().faults == [Fault(FaultKind.REORDERED, 2), Fault(FaultKind.REORDERED, 3)]


def test_a_cut_tail_is_found_by_the_head() -> None:
    w = written()
    del w.store.items[entry_key(LEARNER, 4)]
    assert w.verdict().faults == [Fault(FaultKind.MISSING, 4)]


def test_a_cut_tail_with_the_head_set_back() -> None:
    w = written()
    head = w.store.get(HEAD, Head)
    assert head
    del w.store.items[entry_key(LEARNER, 4)]
    w.store.items[HEAD] = (
        head.version,
        encode(replace(head.value, count=3, last_mac=w.entries()[-1].mac)),
    )
    assert w.verdict().faults == [Fault(FaultKind.HEAD_CHANGED, 0)]
    before = w.state()
    with pytest.raises(BrokenHead):
        w.deliver(completed("w9", "c1"))
    assert w.state() == before


def test_a_missing_head() -> None:
    w = written()
    del w.store.items[HEAD]
    assert w.verdict().faults == [Fault(FaultKind.HEAD_MISSING, 0)]
    with pytest.raises(Conflict):
        w.deliver(completed("w9", "c1"))


def test_an_entry_beyond_the_head() -> None:
    w = written()
    early = w.store.items[HEAD]
    w.publish("c9", content="lecture-9", eligible=["AFP"])
    w.deliver(completed("w9", "c9"))
    w.store.items[HEAD] = early
    assert w.verdict().faults == [Fault(FaultKind.BEYOND_HEAD, 5)]


def test_an_entry_of_another_learner() -> None:
    w = written()
    w.certify(AFP, learner=OTHER)
    w.deliver(completed("w9", "c0", learner=OTHER))
    put(w, 1, w.entries(OTHER)[0])
    assert w.verdict().faults == [Fault(FaultKind.FOREIGN, 1)]


def test_an_entry_of_another_chain_of_the_same_learner() -> None:
    w, other = written(), World()
    other.certify(AFP)
    for i in (3, 2, 1):
        other.publish(f"c{i}", content=f"lecture-{i}", eligible=["AFP"])
        other.deliver(completed(f"w{i}", f"c{i}"))
    put(w, 2, other.entries()[1])
    assert w.verdict().faults == [Fault(FaultKind.UNLINKED, 2), Fault(FaultKind.AWARDED_TWICE, 3)]


def test_keys_rotate_and_old_entries_still_verify() -> None:
    w = written(2)
    w.ring["k2"] = "two" * 20
    w.ring["current"] = "k2"
    w.deliver(completed("w9", "c1"))
    assert [e.key_id for e in w.entries()] == ["k1", "k1", "k2"]
    assert w.verdict().faults == []
    del w.ring["k1"]
    with pytest.raises(UnknownKey):
        w.verdict()


def test_a_second_award_after_its_mark_was_deleted_is_named() -> None:
    w = written(1)
    del w.store.items[award_key(LEARNER, mark_name(AFP, Period(date(2025, 1, 1)), "lecture-0"))]
    w.deliver(completed("w9", "c0"))
    assert w.outline() == ["award AFP 1.5 COMPLETED"] * 2
    assert w.verdict().faults == [Fault(FaultKind.AWARDED_TWICE, 2), Fault(FaultKind.UNMARKED, 1)]


def test_every_fault_is_named_and_what_follows_on_one_is_not_another() -> None:
    w = written(9)
    for number in (3, 4):
        del w.store.items[entry_key(LEARNER, number)]
    put(w, 6, replace(w.entries()[3], hours=Decimal("15")))
    del w.store.items[award_key(LEARNER, mark_name(AFP, Period(date(2025, 1, 1)), "lecture-7"))]
    assert w.verdict().faults == [
        Fault(FaultKind.MISSING, 3),
        Fault(FaultKind.MISSING, 4),
        Fault(FaultKind.CHANGED, 6),
        Fault(FaultKind.UNMARKED, 8),
    ]


def test_a_number_that_was_made_huge_is_a_changed_entry_and_nothing_more() -> None:
    w = written()
    put(w, 2, replace(w.entries()[1], number=10**12))
    assert w.verdict().faults == [Fault(FaultKind.CHANGED, 2)]


@pytest.fixture
def command_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[World], int]:
    """Runs the operator's command over a world, whose log is empty."""
    policy = tmp_path / "policy.txt"
    policy.write_text("quorum none\n")

    def run(w: World) -> int:
        for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "of-the-operator")
        # It comes from the profile; what the command sets is taken back with this.
        monkeypatch.setenv("AWS_REGION", "of-the-operator")
        monkeypatch.setattr("services.credits.bootstrap.ledger", lambda: w.ctx)
        monkeypatch.setattr("services.credits.bootstrap.records", lambda: w.records)
        options = ["--learner", LEARNER, "--policy", str(policy), "--log", "http://127.0.0.1"]
        monkeypatch.setattr("sys.argv", ["verify_chain", *options])
        return command.main()

    return run


NOT_LOGGED = "nothing is logged yet: a roll-back to any state of after that cannot be seen\n"


def test_the_command(command_of: Callable[[World], int], capsys: pytest.CaptureFixture[str]) -> None:
    w = written()
    capsys.readouterr()
    assert command_of(w) == 0
    assert capsys.readouterr().out == f"{NOT_LOGGED}{LEARNER}: whole, 4 entries\n"
    del w.store.items[entry_key(LEARNER, 3)]
    del w.store.items[HEAD]
    assert command_of(w) == 1
    said = capsys.readouterr().out
    assert said == f"{NOT_LOGGED}{LEARNER}: BROKEN (3 entries found): entry 3: missing; the head: head missing\n"
