"""What auditors read: one learner's ledger and a span of days, page by page, whole whatever dies in between."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.credits.app.ledger.items import postings_pks
from services.credits.app.ledger.postings import entries_between, postings_of
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry
from services.credits.handlers.records import build_api
from services.kit.store.shards import SHARDS
from tests.fakes.store import MemoryStore
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.world import AFP, CFP, LEARNER, NOON_IN_SHANGHAI, OTHER, Crash, World, completed

AUDITING = claims("auditor-1", "auditor")
TODAY = date(2026, 1, 5)


@pytest.fixture
def world() -> World:
    made = World()
    for number in range(5):
        made.publish(f"course-{number}", content=f"lecture-{number}", eligible=["AFP", "CFP"])
    return made


def get(world: World, path: str, who: dict[str, str] = AUDITING) -> Answer:
    return send(build_api(world.records, origin_secret), request("GET", path, who=who))


def watch_one_a_day(world: World) -> None:
    """Two learners in turn, five courses, from 5 to 9 January at noon."""
    world.certify(AFP)
    for number in range(5):
        who = (LEARNER, OTHER)[number % 2]
        world.deliver(completed(f"w{number}", f"course-{number}", learner=who))
        world.clock.advance(86_400_000)


def between(world: World, first: date, last: date, postings: int = 50) -> list[Entry]:
    """All pages."""
    page = entries_between(world.store, first, last, None, postings)
    found = list(page.items)
    while page.after:
        page = entries_between(world.store, first, last, page.after, postings)
        found += page.items
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_a_span_of_days_has_each_entry_once_in_order_of_posting(world: World, size: int) -> None:
    watch_one_a_day(world)
    found = between(world, TODAY, TODAY + timedelta(days=30), size)
    assert [entry.completion.watch_id for entry in found] == [f"w{n}" for n in range(5) for _ in range(2)]
    assert sorted(found, key=lambda e: e.mac) == sorted(world.entries() + world.entries(OTHER), key=lambda e: e.mac)
    middle = between(world, TODAY + timedelta(days=1), TODAY + timedelta(days=2), size)
    assert {entry.completion.watch_id for entry in middle} == {"w1", "w2"}


def test_a_day_is_one_of_shanghai(world: World) -> None:
    midnight = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
    world.clock.advance(int((midnight - NOON_IN_SHANGHAI).total_seconds() * 1000) - 1)
    world.deliver(completed("before", "course-0"))
    world.clock.advance(1)
    world.deliver(completed("after", "course-1"))
    assert {e.completion.watch_id for e in between(world, date(2026, 2, 28), date(2026, 2, 28))} == {"before"}
    assert {e.completion.watch_id for e in between(world, date(2026, 3, 1), date(2026, 3, 1))} == {"after"}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_no_entry_is_without_its_posting_wherever_the_function_dies(world: World, moment: str) -> None:
    world.register(AFP)
    world.deliver(completed("w0", "course-0"))
    world.store.crash = moment
    with pytest.raises(Crash):
        world.confirm(AFP)
    posted = [(p.learner_id, number) for p in postings_of(world.store, TODAY) for number in range(p.first, p.last + 1)]
    assert posted == [(LEARNER, entry.number) for entry in world.entries()]


def test_a_learners_entries_page_by_page(world: World) -> None:
    world.certify(AFP, CFP)
    for number in range(5):
        world.deliver(completed(f"w{number}", f"course-{number}"))
    path = f"/v1/credits/learners/{LEARNER}/entries"
    first = get(world, f"{path}?limit=4").body
    assert [entry["number"] for entry in first["entries"]] == [1, 2, 3, 4]
    rest = get(world, f"{path}?limit=200&after={first['after']}").body
    assert [entry["number"] for entry in rest["entries"]] == [5, 6, 7, 8, 9, 10]
    assert rest["after"] is None
    (entry,) = get(world, f"{path}?limit=1&after=1").body["entries"]
    stored = world.entries()[1]
    assert entry["learner_id"] == LEARNER
    assert (entry["previous_mac"], entry["mac"], entry["key_id"]) == (stored.prev_mac, stored.mac, "k1")
    assert entry["evidence"] == "/v1/playback/watches/w0/evidence"


def test_nobody_has_no_entries_and_no_secret(world: World) -> None:
    assert get(world, "/v1/credits/learners/nobody/entries").body == {"entries": [], "after": None}


def test_the_span_over_http(world: World) -> None:
    watch_one_a_day(world)
    path = "/v1/credits/entries?first_day=2026-01-05&last_day=2026-01-31&limit=3"
    first = get(world, path).body
    assert len({entry["watch_id"] for entry in first["entries"]}) == 3
    rest = get(world, f"{path}&after={first['after'].replace('#', '%23')}").body
    assert {entry["watch_id"] for entry in rest["entries"]} == {"w3", "w4"}
    assert rest["after"] is None


BAD = [
    "",
    "?first_day=2026-01-05",
    "?first_day=2026-02-30&last_day=2026-03-01",
    "?first_day=1767542400&last_day=2026-01-05",
    "?first_day=2026-01-05&last_day=2026-01-05&limit=0",
    "?first_day=2026-01-05&last_day=2026-01-05&limit=51",
    "?first_day=2026-01-05&last_day=2026-01-05&limit=x",
    "?first_day=2026-01-05&last_day=2026-01-05&after=x",
    "?first_day=2026-01-05&last_day=2026-01-05&after=2026-13-45T99:00:00.000Z%23x%230000000001",
]


@pytest.mark.parametrize("query", BAD)
def test_bad_questions(world: World, query: str) -> None:
    answer = get(world, f"/v1/credits/entries{query}")
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("query", ["after=-1", "after=99999999999", "limit=0", "limit=201", "after=x"])
def test_bad_pages(world: World, query: str) -> None:
    answer = get(world, f"/v1/credits/learners/{LEARNER}/entries?{query}")
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-05", "2026-01-04"),
        ("2026-01-01", "2026-02-01"),
        ("2026-01-05", "2099-12-31"),
        ("2099-12-31", "2099-12-30"),
    ],
)
def test_a_span_is_a_month_at_most(world: World, first: str, last: str) -> None:
    answer = get(world, f"/v1/credits/entries?first_day={first}&last_day={last}")
    assert (answer.status, answer.code, answer.body["days"]) == (422, "SPAN_TOO_LONG", 31)


@pytest.mark.parametrize("path", [f"/v1/credits/learners/{LEARNER}/entries", "/v1/credits/entries"])
@pytest.mark.parametrize("role", ["learner", "editor", "reviewer", "finance", "records", "administrator"])
def test_auditors_only(world: World, path: str, role: str) -> None:
    answer = get(world, path, claims(LEARNER, role))
    assert (answer.status, answer.code) == (403, "WRONG_ROLE")


def test_a_page_reads_what_the_readme_says(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    watch_one_a_day(world)
    reads: list[str] = []
    for name in ("get", "page"):
        monkeypatch.setattr(MemoryStore, name, _counted(reads, name, getattr(MemoryStore, name)))
    entries_between(world.store, TODAY, TODAY + timedelta(days=6), None, 50)
    assert (reads.count("page"), reads.count("get")) == (7 * SHARDS, 10)


def test_a_day_is_spread_over_its_parts_and_read_in_order(world: World) -> None:
    learners = [LearnerId(f"learner-{number:02d}") for number in range(12)]
    for number, learner in enumerate(learners):
        world.deliver(completed(f"w{number}", "course-0", learner=learner))
        world.clock.advance(1)
    used = {key.pk for key in world.store.items if key.pk.startswith("POSTED#")}
    assert used == set(postings_pks(TODAY))
    for size in (1, 5, 12, 50):
        assert list(dict.fromkeys(e.learner_id for e in between(world, TODAY, TODAY, size))) == learners


def test_a_full_last_page_announces_no_empty_one(world: World) -> None:
    watch_one_a_day(world)
    last = TODAY + timedelta(days=4)
    page = entries_between(world.store, TODAY, last, None, 4)
    assert page.after
    assert entries_between(world.store, TODAY, last, page.after, 1).after is None
    path = f"/v1/credits/learners/{LEARNER}/entries"
    assert get(world, f"{path}?limit={len(world.entries())}").body["after"] is None


def _counted(reads: list[str], name: str, call: Any) -> Any:
    def counted(*arguments: Any) -> Any:
        reads.append(name)
        return call(*arguments)

    return counted
