"""What productions are made of, without reading or writing anything."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.catalog.app.media.problems import MEDIA_PROBLEMS
from services.catalog.app.productions.problems import PRODUCTION_PROBLEMS
from services.catalog.app.publishing.problems import PUBLISHING_PROBLEMS
from services.catalog.domain.course import Provenance
from services.catalog.domain.document import check_block
from services.catalog.domain.draft import Draft, DraftChapter, Lecture
from services.catalog.domain.grounding import check_draft
from services.catalog.domain.hours import doubt_hours
from services.catalog.domain.ids import CourseId, FileId, ProductionId
from services.catalog.domain.packaged import is_watched
from services.catalog.domain.production import STEPS, Hindrance, PackagedLecture, Production, Step, line_of
from services.catalog.domain.production_block import (
    MAX_SAID,
    ProductionBlock,
    drafted_block,
    lacking_blocks,
    published_blocks,
)
from services.catalog.domain.production_facts import check_facts, make_facts
from services.catalog.domain.production_file import ProductionFile, part_bytes
from services.catalog.domain.reading import Violation
from services.catalog.domain.transcript import Sentence, Stretch, Transcript
from services.kit.problems import ProblemType
from tests.unit.catalog.studio import FACTS

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
MB = 1024 * 1024
NEW = Production(ProductionId("1" * 32), CourseId("bonds"), "债券", "zh", "editor-1", NOW, NOW)
PROBLEM = Hindrance("NO_SOUND", "没有声音", "no sound")


def run(production: Production = NEW, first: Step | None = None) -> Production:
    """With a run begun."""
    return production.begin(production.next_run(production.next_steps(first)), NOW)


def through(production: Production, *steps: Step) -> Production:
    """With these steps done."""
    for step in steps:
        production = production.begin_step(step, NOW).end_step(step, LATER)
    return production


@pytest.mark.parametrize("refusal", [*MEDIA_PROBLEMS, *PUBLISHING_PROBLEMS, *PRODUCTION_PROBLEMS])
def test_refusals_at_the_desk_have_no_words_of_the_code(refusal: ProblemType) -> None:
    said = " ".join((refusal.detail, refusal.detail_en, refusal.next, refusal.next_en))
    assert not re.search(r"[a-z]_[a-z]|\berrors\b|\brequest\b", said)


@pytest.mark.parametrize(
    ("hours", "minutes", "is_odd"),
    [
        ("1.5", 38, False),  # of the real page that we know
        ("1.5", 75, False),
        ("1.5", 25, False),
        ("1.5", 24, True),
        ("1.5", 225, False),
        ("1.5", 226, True),
        ("15", 75, True),
        ("0.1", 5, False),
    ],
)
def test_hours_may_differ_from_the_length_by_three_times(hours: str, minutes: int, is_odd: bool) -> None:
    assert bool(doubt_hours(Decimal(hours), minutes * 60_000)) is is_odd


def test_a_run_goes_from_step_to_step_to_its_end() -> None:
    assert NEW.state == "bringing"
    begun = run()
    assert (begun.state, begun.current_step, line_of(begun).step) == ("running", "probe", "probe")
    for number, step in enumerate(STEPS):
        assert begun.awaits(1, step)
        assert begun.current_step == step
        begun = through(begun, step)
        assert not begun.awaits(1, step)
        assert begun.goes_on(1) is (number < len(STEPS) - 1)
    assert (begun.state, begun.current_step) == ("reviewing", None)


def test_a_failure_ends_the_run_and_the_next_one_begins_there() -> None:
    failed = through(run(), "probe").begin_step("encode", NOW).fail_step("encode", PROBLEM, LATER)
    assert (failed.state, failed.current_step, failed.status("encode").problem) == ("failed", "encode", PROBLEM)
    assert not failed.goes_on(1)
    again = run(failed)
    assert again.run is not None
    assert (again.run.number, again.run.steps) == (2, STEPS[1:])
    assert again.status("probe").state == "done"
    assert (again.status("encode").state, again.status("encode").problem) == ("waiting", None)
    assert not again.awaits(1, "encode")
    assert again.awaits(2, "encode")


@pytest.mark.parametrize(
    ("done", "first", "steps"),
    [
        ((), None, STEPS),
        ((), "summarise", STEPS),
        (STEPS, None, ("summarise",)),
        (STEPS, "check", STEPS[2:]),
        (STEPS[:3], "summarise", STEPS[3:]),
    ],
)
def test_a_run_takes_what_its_steps_rest_on(
    done: tuple[Step, ...], first: Step | None, steps: tuple[Step, ...]
) -> None:
    assert through(run(), *done).next_steps(first) == steps


def test_what_a_step_rests_on_may_change_under_it() -> None:
    busy = through(run(), "probe", "encode", "check").begin_step("transcribe", NOW).outdate("transcribe", LATER)
    assert not busy.is_taking(1, "transcribe")
    ended = through(busy, "summarise")
    assert (ended.state, ended.next_steps(None)) == ("bringing", ("transcribe", "summarise"))


def test_what_a_dead_run_left_under_way_waits_when_another_begins() -> None:
    dead = through(run(), "probe").begin_step("encode", NOW)
    begun = dead.begin(dead.next_run(("summarise",), "abstract"), LATER)
    assert (begun.status("encode").state, begun.status("probe").state) == ("waiting", "done")
    assert through(begun, "summarise").state == "bringing"


def test_a_step_begun_again_keeps_its_beginning() -> None:
    begun = run().begin_step("probe", NOW).advance("probe", 40).begin_step("probe", LATER)
    assert (begun.status("probe").started_at, begun.status("probe").percent) == (NOW, None)


def test_how_long_the_lecture_is_is_known_while_what_was_checked_is_what_there_is() -> None:
    checked = replace(through(run(), *STEPS[:3]), packaged=PackagedLecture("folder/", "files.json", 7_500))
    assert checked.checked_ms == 7_500
    assert checked.outdate("probe", LATER).checked_ms is None
    assert NEW.checked_ms is None


@pytest.mark.parametrize(
    ("size", "part"),
    [(1, 8 * MB), (5 * 1024 * MB, 8 * MB), (80_000 * MB, 8 * MB), (80_000 * MB + 1, 9 * MB), (10_000 * 9 * MB, 9 * MB)],
)
def test_parts_are_so_large_that_there_are_not_too_many(size: int, part: int) -> None:
    assert part_bytes(size) == part
    file = ProductionFile(FileId("f"), "recording", "a.mp4", size, part, NOW, upload="u")
    assert file.parts <= 10_000
    assert (file.parts - 1) * part + file.bytes_of(file.parts) == size
    assert 0 < file.bytes_of(file.parts) <= part


def test_facts_are_checked_without_the_blocks() -> None:
    assert check_facts(CourseId("bonds"), make_facts(FACTS, NOW)) == []
    wrong = check_facts(CourseId("bonds"), make_facts({**FACTS, "hours": "1.55", "abstract": 7}, NOW))
    assert [violation.path for violation in wrong] == [("hours",)]


@pytest.mark.parametrize(
    ("block", "value"),
    [
        ("keywords", ["债券"]),
        ("abstract", "一段。"),
        ("chapters", [{"at": "00:00", "title": "一", "summary": "一句。"}]),
        ("mind_map", {"text": "债券", "children": []}),
        ("key_points", []),
        ("questions", [{"text": "对吗?", "choices": ["对", "错"], "answer": "对"}]),
    ],
)
def test_each_block_is_checked_by_itself(block: Any, value: Any) -> None:
    assert check_block(block, value) == []
    assert check_block(block, 7)


WORDS = "久期是价格对利率的敏感度。"
LECTURE = Lecture("债券", Transcript("zh", (Sentence(0, 5_000, WORDS * 100), Sentence(5_000, 9_000, WORDS))), 10_000)
CHAPTERS = (DraftChapter("久期", WORDS, Stretch(1, 1)), DraftChapter("火星", "火星殖民。", Stretch(2, 2)))


def test_a_draft_becomes_a_block_with_marks_and_sources() -> None:
    fault = Violation(("chapters", 2), "不合要求", "is no chapter")
    draft = Draft("model-1", chapters=CHAPTERS, faults=(fault,))
    block = drafted_block(LECTURE, draft, check_draft(LECTURE, draft), "chapters")
    assert (block.state, block.made_by) == ("draft", "model-1")
    assert block.document[1] == {"at": "00:05", "title": "火星", "summary": "火星殖民。"}
    assert {mark.part for mark in block.marks} == {1, None}
    assert [len(source.said) for source in block.sources] == [MAX_SAID + 1, len(WORDS)]
    assert drafted_block(LECTURE, draft, [], "abstract") == ProductionBlock("abstract")


def test_what_is_published_says_who_made_it() -> None:
    draft = ProductionBlock("abstract", "draft", json.dumps("甲"), "model-1")
    blocks = [
        draft.accept("王编辑", LATER),
        ProductionBlock("chapters").edit([{"at": "00:00", "title": "一", "summary": "一。"}], [], None, LATER),
        ProductionBlock("keywords", "draft", json.dumps(["债券"]), "model-1").drop(),
        ProductionBlock("questions"),
    ]
    document = published_blocks(blocks)
    assert set(document) == {"abstract", "chapters", "provenance"}
    assert document["provenance"] == {
        "abstract": {"made_by": "model-1", "reviewed_by": "王编辑", "reviewed_on": "2026-03-03"}
    }
    assert blocks[0].provenance == Provenance(
        "abstract", "model-1", "王编辑", LATER.astimezone(UTC).date().replace(day=3)
    )


def test_a_block_lacks_a_decision_or_what_every_page_has() -> None:
    blocks = [
        ProductionBlock("keywords", "draft", "[]", "model-1"),
        ProductionBlock("abstract"),
        ProductionBlock("chapters", "dropped"),
        ProductionBlock("mind_map"),
        ProductionBlock("key_points", "dropped"),
    ]
    assert [lack.part for lack in lacking_blocks(blocks, None)] == ["keywords", "abstract", "chapters"]


def test_opening_again_what_has_no_decision_changes_nothing() -> None:
    for block in (ProductionBlock("abstract"), ProductionBlock("abstract", "draft", '"甲"', "m")):
        assert block.reopen() == block
    assert ProductionBlock("abstract").drop().reopen() == ProductionBlock("abstract")
    assert ProductionBlock("abstract", "written", '"甲"').drop().reopen().state == "written"


@pytest.mark.parametrize(
    ("path", "watched"),
    [
        ("index.m3u8", True),
        ("720p/init.mp4", True),
        ("poster.jpg", False),
        ("preview.mp4", False),
        ("previews/1.jpg", False),
        ("sound.m4a", False),
        ("captions/zh.0.vtt", False),
        ("handouts/a.pdf", False),
    ],
)
def test_what_learners_watch_is_apart_from_what_lies_beside(path: str, watched: bool) -> None:
    assert is_watched(path) is watched
