"""Cases of risk signals: made once after the completion, told to others, listed, shown and reviewed."""

from typing import Any

import pytest

from services.kit.audit import AuditRecord
from services.kit.events import Envelope
from services.kit.signing import ES256
from services.kit.store import Conflict
from services.playback.app.evidence.archive_watch import archive_watch
from services.playback.app.risk.assess_watch import assess_watch
from services.playback.app.risk.items import RiskCase, cases_partition
from services.playback.domain.ids import CourseId, LearnerId
from services.playback.handlers.risk import build_api
from tests.fakes.archive import MemoryArchive
from tests.fakes.signing import MemorySigner
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.playback.player import confirm, play
from tests.unit.playback.world import FAST, LEARNER, LONG, OTHER, SHORT, Crash, World, a_world

REVIEWER = claims("reviewer-1", "reviewer")
CASES = "/v1/playback/risk-cases"


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def archive() -> MemoryArchive:
    return MemoryArchive()


def events_of(world: World, type_: str) -> list[Envelope]:
    return [event for event in world.store.outbox if event.type == type_]


def complete(world: World, course_id: CourseId = LONG, learner_id: LearnerId = LEARNER, after_ms: int = 20) -> Envelope:
    """A watch whose prompts are answered after so long; its completion."""
    state = world.start(course_id, learner_id, take_over=True)
    while state.live.completed_at is None:
        if state.prompt:
            state = confirm(world, state, after_ms, learner_id)
        else:
            state = play(world, state, 5_000, learner_id=learner_id)
    return events_of(world, "playback.watch_completed.v1")[-1]


def assess(world: World, archive: MemoryArchive, event: Envelope) -> None:
    """What the archive's function does with a completion."""
    archive_watch(world.archive_context(MemorySigner(ES256), archive), event)
    assess_watch(world.risk_context(archive), event)


def ask(
    world: World,
    archive: MemoryArchive,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    who: dict[str, str] = REVIEWER,
    key: str = "a-key-of-its-own",
) -> Answer:
    """A request to the reviewers' function."""
    api = build_api(world.risk_context(archive), origin_secret)
    return send(api, request(method, path, body, who=who, idempotency_key=key))


def test_a_watch_like_a_persons_makes_no_case(world: World, archive: MemoryArchive) -> None:
    assess(world, archive, complete(world, after_ms=1_700))
    assert events_of(world, "playback.risk_signalled.v1") == []
    assert ask(world, archive, "GET", f"{CASES}?period=2026-01").body == {"cases": [], "after": None}


def test_an_impossible_reaction_makes_a_case_and_an_event_and_refuses_nothing(
    world: World, archive: MemoryArchive
) -> None:
    completed = complete(world)
    assess(world, archive, completed)
    (told,) = events_of(world, "playback.risk_signalled.v1")
    signal = {"kind": "impossible_reaction", "measured": 20, "threshold": 250, "unit": "ms"}
    assert told.data["signals"] == [signal]
    assert (told.subject, told.causation_id, told.data["learner_id"]) == (completed.subject, completed.id, LEARNER)
    (case,) = ask(world, archive, "GET", f"{CASES}?period=2026-01-05").body["cases"]
    assert (case["watch_id"], case["status"], case["signals"], case["review"]) == (
        completed.subject,
        "open",
        [signal],
        None,
    )
    assert world.start(take_over=True).live.completed_at is not None


def test_the_reviewer_sees_legs_and_reaction_times(world: World, archive: MemoryArchive) -> None:
    completed = complete(world)
    assess(world, archive, completed)
    case = ask(world, archive, "GET", f"{CASES}/{completed.subject}").body
    assert case["reactions"] == [20, 20]
    assert [leg["kind"] for leg in case["legs"]] == [
        "started",
        *["prompt_opened", "prompt_confirmed"] * 2,
        "completed",
    ]
    assert [leg["response_ms"] for leg in case["legs"] if leg["kind"] == "prompt_confirmed"] == [20, 20]


@pytest.mark.parametrize("role", ["reviewer", "support", "administrator"])
def test_staff_see_what_a_learner_watched_and_how_far(world: World, archive: MemoryArchive, role: str) -> None:
    completed, staff = complete(world), claims("staff-1", role)
    world.clock.advance(1_000)
    under_way = world.start(SHORT, take_over=True)
    path = f"/v1/playback/learners/{LEARNER}/watches"
    first, second = ask(world, archive, "GET", path, who=staff).body["watches"]
    assert (first["watch_id"], first["completed_at"], first["furthest_ms"]) == (under_way.live.watch_id, None, 0)
    assert (second["watch_id"], second["course_id"], second["number"]) == (completed.subject, LONG, 1)
    assert second["prompts"] == {"total": 2, "confirmed": 2}
    assert second["completed_at"] is not None
    assert ask(world, archive, "GET", f"/v1/playback/learners/{OTHER}/watches", who=staff).body == {"watches": []}


@pytest.mark.parametrize("role", ["learner", "finance", "editor", "auditor", "moderator", "records"])
def test_nobody_else_sees_what_a_learner_watched(world: World, archive: MemoryArchive, role: str) -> None:
    path = f"/v1/playback/learners/{LEARNER}/watches"
    assert ask(world, archive, "GET", path, who=claims(LEARNER, role)).code == "WRONG_ROLE"


def test_reaction_times_are_judged_with_those_of_other_courses(world: World, archive: MemoryArchive) -> None:
    world.store.outbox.clear()
    for course_id in [CourseId(f"course-{number}") for number in range(5)]:
        world.publish(course_id, duration_ms=20_000)
        world.entitle(LEARNER, course_id)
        completed = complete(world, course_id, after_ms=1_500)
        assess(world, archive, completed)
    (told,) = events_of(world, "playback.risk_signalled.v1")
    assert (told.subject, told.data["signals"][0]["kind"]) == (completed.subject, "constant_reactions")


@pytest.mark.parametrize("crash", ["before", "after"])
def test_delivered_again_after_a_crash_it_is_told_once(world: World, archive: MemoryArchive, crash: str) -> None:
    completed = complete(world)
    archive_watch(world.archive_context(MemorySigner(ES256), archive), completed)
    world.store.crash = crash
    with pytest.raises(Crash):
        assess_watch(world.risk_context(archive), completed)
    for _ in range(2):
        assess_watch(world.risk_context(archive), completed)
    again = completed.model_copy(update={"id": "another-event-of-the-same-watch"})
    assess_watch(world.risk_context(archive), again)
    assert len(events_of(world, "playback.risk_signalled.v1")) == 1


def test_an_event_about_a_watch_that_is_not_complete_makes_no_case(world: World, archive: MemoryArchive) -> None:
    completed = complete(world)
    forged = completed.model_copy(update={"data": {**completed.data, "watch_id": "f" * 32}})
    with pytest.raises(LookupError):
        assess_watch(world.risk_context(archive), forged)
    assert events_of(world, "playback.risk_signalled.v1") == []


def some_cases(world: World, archive: MemoryArchive) -> list[str]:
    """Five cases on three days of two months; their watches in the order of the list."""
    found = []
    for days, course_id, learner_id in [(0, SHORT, LEARNER), (0, FAST, LEARNER), (1, SHORT, OTHER), (30, FAST, OTHER)]:
        world.clock.advance(days * 86_400_000)
        completed = complete(world, course_id, learner_id)
        assess(world, archive, completed)
        found.append((completed.time.date(), completed.subject))
    return [watch_id for _, watch_id in sorted(found)]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_cases_are_listed_by_month_and_day_in_pages(world: World, archive: MemoryArchive, limit: int) -> None:
    expected = some_cases(world, archive)

    def listed(period: str) -> list[str]:
        found, after = [], ""
        while True:
            answer = ask(world, archive, "GET", f"{CASES}?period={period}&limit={limit}{after}").body
            assert len(answer["cases"]) <= limit
            found += [case["watch_id"] for case in answer["cases"]]
            if answer["after"] is None:
                return found
            after = f"&after={answer['after'].replace('#', '%23')}"

    assert listed("2026-01") == expected[:3]
    assert listed("2026-01-06") == expected[2:3]
    assert listed("2026-02") == expected[3:]
    assert listed("2026-03") == []


def test_cases_are_listed_by_status_across_many_of_the_other(world: World, archive: MemoryArchive) -> None:
    first, second, *_ = some_cases(world, archive)
    ask(world, archive, "POST", f"{CASES}/{first}/review", {"reason": "plays at a friend's"})
    only_open = ask(world, archive, "GET", f"{CASES}?period=2026-01&status=open&limit=1").body
    assert [case["watch_id"] for case in only_open["cases"]] == [second]
    only_reviewed = ask(world, archive, "GET", f"{CASES}?period=2026-01&status=reviewed").body
    assert ([case["watch_id"] for case in only_reviewed["cases"]], only_reviewed["after"]) == ([first], None)


def test_a_review_is_kept_with_who_when_why_and_in_the_audit_log(world: World, archive: MemoryArchive) -> None:
    completed = complete(world)
    assess(world, archive, completed)
    path = f"{CASES}/{completed.subject}/review"
    reviewed = ask(world, archive, "POST", path, {"reason": "autoclicker"})
    again = ask(world, archive, "POST", path, {"reason": "autoclicker"})
    assert (reviewed.status, again.body) == (200, reviewed.body)
    assert reviewed.body["status"] == "reviewed"
    assert (reviewed.body["review"]["reviewer"], reviewed.body["review"]["reason"]) == ("reviewer-1", "autoclicker")
    (entry,) = world.store.query("AUDIT#2026-01", "", AuditRecord)
    assert (entry.value.actor, entry.value.subject, entry.value.reason) == (
        "reviewer-1",
        completed.subject,
        "autoclicker",
    )
    before = dict(world.store.items)
    late = ask(world, archive, "POST", path, {"reason": "another opinion"}, key="another-key-of-its-own")
    assert (late.status, late.code) == (409, "RISK_CASE_REVIEWED")
    assert world.store.items == before


def test_nobody_reviews_their_own_watching(world: World, archive: MemoryArchive) -> None:
    completed = complete(world)
    assess(world, archive, completed)
    who = claims(LEARNER, "reviewer", "learner")
    refused = ask(world, archive, "POST", f"{CASES}/{completed.subject}/review", {"reason": "fine"}, who)
    assert (refused.status, refused.code) == (403, "OWN_RISK_CASE")


def test_a_watch_without_signals_has_no_case(world: World, archive: MemoryArchive) -> None:
    completed = complete(world, after_ms=1_700)
    assess(world, archive, completed)
    for method, path, body in [("GET", "", None), ("POST", "/review", {"reason": "x"})]:
        answer = ask(world, archive, method, f"{CASES}/{completed.subject}{path}", body)
        assert (answer.status, answer.code) == (404, "RISK_CASE_NOT_FOUND")


@pytest.mark.parametrize(
    "query",
    ["", "period=2026", "period=2026-13", "period=2026-02-30", "period=2026-01&status=closed", "period=2026-01&limit=0",
     "period=2026-01&limit=101", "period=2026-01&after=x", "period=2026-01-05%23"],
)  # fmt: skip
def test_a_bad_query_is_refused(world: World, archive: MemoryArchive, query: str) -> None:
    answer = ask(world, archive, "GET", f"{CASES}?{query}")
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("role", ["learner", "auditor", "administrator"])
def test_others_than_reviewers_are_refused(world: World, archive: MemoryArchive, role: str) -> None:
    answer = ask(world, archive, "GET", f"{CASES}?period=2026-01", who=claims("somebody", role))
    assert (answer.status, answer.code) == (403, "WRONG_ROLE")


def test_of_two_reviews_at_once_one_wins(world: World, archive: MemoryArchive) -> None:
    completed = complete(world)
    assess(world, archive, completed)
    path = f"{CASES}/{completed.subject}/review"
    commit = world.store.commit
    codes: list[str] = []

    def overtaken(change: Any) -> None:
        world.store.commit = commit  # type: ignore[method-assign]
        first = ask(world, archive, "POST", path, {"reason": "first"}, claims("reviewer-2", "reviewer"))
        codes.append(str(first.status))
        try:
            commit(change)
        except Conflict:
            codes.append("conflict")
            raise

    world.store.commit = overtaken  # type: ignore[method-assign]
    second = ask(world, archive, "POST", path, {"reason": "second"}, key="another-key-of-its-own")
    assert codes == ["200", "conflict"]
    assert (second.status, second.code) == (409, "RISK_CASE_REVIEWED")
    (stored,) = world.store.query(cases_partition("2026-01"), "", RiskCase)
    assert stored.value.review
    assert stored.value.review.reason == "first"
