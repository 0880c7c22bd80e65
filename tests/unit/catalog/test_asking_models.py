"""The step that asks a model: what is paid for once, what dies in between, and what an editor reads of a bad answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.catalog.app.ports import ModelRefuses, ModelUnavailable, TranscriberRefuses
from services.catalog.app.productions.fail_run import fail_run
from services.catalog.app.productions.take_step import Onward
from services.catalog.app.summaries import write_summary as writing
from tests.unit.catalog.studio import CAPTIONS, RECORDING, Studio
from tests.unit.catalog.world import World

PARTS = 4
"""Of the captions, where a part has one sentence; the abstract is asked for besides."""


@dataclass
class Scholar:
    """A model that answers rightly, and after `dies_after` calls not at all."""

    name: str = "model-1"
    asked: list[str] = field(default_factory=list)
    dies_after: int = 1_000
    dies_of: Exception = field(default_factory=lambda: ModelUnavailable("model-1: HTTP 503"))
    says: Callable[[dict[str, Any]], str] = lambda material: json.dumps(right(material))
    takes: Callable[[], None] = lambda: None

    def answer(self, task: str, material: str, schema: dict[str, Any]) -> str:
        """What it says of the material."""
        if len(self.asked) >= self.dies_after:
            raise self.dies_of
        self.asked.append(task + material)
        self.takes()
        return self.says(json.loads(material))


def right(material: dict[str, Any]) -> dict[str, Any]:
    """A right answer."""
    if "chapters" in material:
        return {"abstract": "久期说的是价格对利率的敏感度。"}
    numbers = [number for number, _ in material["sentences"]]
    said = material["sentences"][0][1]
    chapter = {"title": said[:10], "summary": said, "first": numbers[0], "last": numbers[-1]}
    return {
        "keywords": ["久期"], "abstract": said, "chapters": [chapter], "key_points": [], "questions": [],
        "branches": [],
    }  # fmt: skip


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Scholar:
    """A model that gets one sentence at a time."""
    monkeypatch.setattr(writing, "PART_TOKENS", 1)
    return Scholar()


@pytest.fixture
def studio(world: World, model: Scholar) -> Studio:
    """All steps but the last are done."""
    studio = Studio(world, model=model)
    studio.begin()
    studio.bring("recording", "talk.mp4", RECORDING)
    studio.bring("captions", "talk.vtt", CAPTIONS.encode())
    studio.write_facts()
    studio.start()
    for step in ("probe", "encode", "check", "transcribe"):
        studio.step(step)
    return studio


def problem(studio: Studio) -> Any:
    """What the last step says."""
    return studio.read()["steps"][-1]["problem"]


def drafts(studio: Studio) -> dict[str, Any]:
    """What the blocks say."""
    return {block["block"]: block["value"] for block in studio.read()["blocks"]}


@pytest.mark.parametrize("answered", range(PARTS + 2))
def test_what_was_answered_before_a_crash_is_not_asked_again(studio: Studio, model: Scholar, answered: int) -> None:
    model.dies_after = answered
    if answered <= PARTS:
        with pytest.raises(ModelUnavailable):
            studio.step("summarise")
        model.dies_after = 1_000
    assert studio.step("summarise") == Onward(go_on=False)
    assert len(model.asked) == len(set(model.asked)) == PARTS + 1
    assert len(drafts(studio)["chapters"]) == PARTS


def test_a_step_that_dies_after_the_last_answer_asks_nothing_again(
    studio: Studio, model: Scholar, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr("services.catalog.app.productions.draft_summary.check_draft", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            studio.step("summarise")
    studio.step("summarise")
    assert len(model.asked) == PARTS + 1


def test_a_run_after_one_that_failed_asks_for_the_rest(studio: Studio, model: Scholar) -> None:
    model.dies_after, model.dies_of = 2, ModelRefuses("model-1: HTTP 401")
    assert studio.step("summarise") == Onward(go_on=False)
    model.dies_after = 1_000
    studio.start()
    studio.step("summarise", run=2)
    assert len(model.asked) == len(set(model.asked)) == PARTS + 1
    assert studio.read()["state"] == "reviewing"


def test_a_run_after_one_that_was_done_asks_anew(studio: Studio, model: Scholar) -> None:
    studio.step("summarise")
    studio.start(**{"from": "summarise"})
    studio.step("summarise", run=2)
    assert len(model.asked) == 2 * (PARTS + 1)


def test_a_block_is_drafted_anew_and_its_own_attempts_go_on(studio: Studio, model: Scholar) -> None:
    studio.step("summarise")
    assert studio.draft_again("abstract").status == 200
    model.dies_after = PARTS + 1 + 2
    with pytest.raises(ModelUnavailable):
        studio.step("summarise", run=2)
    model.dies_after = 1_000
    studio.step("summarise", run=2)
    assert len(model.asked) == 2 * (PARTS + 1)
    assert studio.draft_again("abstract").status == 200
    studio.step("summarise", run=3)
    assert len(model.asked) == 3 * (PARTS + 1)


def test_a_block_is_drafted_anew_also_after_a_run_that_failed(studio: Studio, model: Scholar) -> None:
    model.dies_after, model.dies_of = 2, ModelRefuses("model-1: HTTP 401")
    studio.step("summarise")
    model.dies_after = 1_000
    assert studio.draft_again("abstract").status == 200
    studio.step("summarise", run=2)
    assert len(model.asked) == 2 + PARTS + 1


def test_of_a_changed_transcript_what_changed_is_asked_anew(studio: Studio, model: Scholar) -> None:
    model.dies_after, model.dies_of = PARTS, ModelRefuses("model-1: HTTP 401")
    studio.step("summarise")
    model.dies_after = 1_000
    corrections = [{"number": 2, "text": "久期说的是价格对利率有多敏感。"}]
    assert studio.send("PUT", "/transcript", {"revision": 1, "corrections": corrections}).status == 200
    studio.start()
    studio.step("summarise", run=2)
    assert len(model.asked) == PARTS + 2, "the sentence, and the abstract"
    assert drafts(studio)["chapters"][1]["summary"] == "久期说的是价格对利率有多敏感。"


@pytest.mark.parametrize("content", [b"", b"\xff", b'"half', b"{}", b"null"])
def test_an_answer_that_was_not_kept_whole_is_asked_for_again(studio: Studio, model: Scholar, content: bytes) -> None:
    model.dies_after = PARTS
    with pytest.raises(ModelUnavailable):
        studio.step("summarise")
    model.dies_after = 1_000
    kept = sorted(key for key in studio.world.bucket.files if "/answers-1/" in key)
    assert len(kept) == PARTS
    studio.world.bucket.files[kept[0]] = content
    studio.step("summarise")
    assert len(model.asked) == PARTS + 2
    assert len(drafts(studio)["chapters"]) == PARTS


def test_another_model_is_asked_itself(studio: Studio, model: Scholar) -> None:
    model.dies_after, model.dies_of = 2, ModelRefuses("model-1: HTTP 404")
    studio.step("summarise")
    studio.model = other = Scholar("model-2")
    studio.start()
    studio.step("summarise", run=2)
    assert len(other.asked) == PARTS + 1


def test_a_long_lecture_is_drafted_in_several_calls(studio: Studio, model: Scholar) -> None:
    model.takes = lambda: studio.world.clock.advance(4 * 60_000)
    answers = [studio.step("summarise") for _ in range(3)]
    assert answers == [Onward(go_on=True, wait=True)] * 2 + [Onward(go_on=False)]
    assert len(model.asked) == PARTS + 1


def test_what_a_model_is_told_and_what_is_kept_names_nobody(world: World, model: Scholar) -> None:
    studio = Studio(world, model=model)
    studio.make(CAPTIONS.replace("今天讲债券的久期。", "我是林知远,电话13812345678,今天讲债券的久期。"))
    kept = [json.loads(content) for key, content in world.bucket.files.items() if "/answers-" in key]
    assert len(model.asked) == len(kept) == PARTS + 1
    assert not [text for text in (*model.asked, *kept) if "林知远" in text or "13812345678" in text]


def test_a_model_is_asked_once_it_is_known_who_speaks(world: World, model: Scholar) -> None:
    studio = Studio(world, model=model)
    studio.begin()
    studio.bring("recording", "talk.mp4", RECORDING)
    studio.bring("captions", "talk.vtt", CAPTIONS.replace("今天讲", "我是林知远,今天讲").encode())
    studio.start()
    studio.steps()
    assert (problem(studio)["code"], model.asked) == ("INSTRUCTORS_NEEDED", [])
    studio.write_facts()
    studio.start()
    studio.steps(run=2)
    assert (studio.read()["state"], len(model.asked)) == ("reviewing", PARTS + 1)
    studio.write_facts(subtitle="另一个副标题")
    assert studio.read()["steps"][-1]["state"] == "done"
    studio.write_facts(instructors=[{"name": "周行", "title": "讲师", "bio": "讲债券。"}])
    assert studio.read()["steps"][-1]["state"] == "waiting"
    studio.start()
    studio.steps(run=3)
    assert [text for text in model.asked[PARTS + 1 :] if "林知远" in text], "who is not said to speak is not known"


REFUSAL = "很抱歉，我不能处理这个请求。"


@pytest.mark.parametrize("text", ["", REFUSAL, '{"keywords": ["久期"', "null", "[" * 100_000])
def test_answers_that_are_none_are_told(studio: Studio, model: Scholar, text: str) -> None:
    model.says = lambda _: text
    assert studio.step("summarise") == Onward(go_on=False)
    told = problem(studio)
    assert (studio.read()["state"], told["code"]) == ("reviewing", "NOTHING_DRAFTED")
    assert "自行编写" in told["message"]
    assert "drafted once more" in told["message_en"]
    assert {block["state"] for block in studio.read()["blocks"]} == {"empty"}
    model.says = lambda material: json.dumps(right(material))
    studio.start(**{"from": "summarise"})
    studio.step("summarise", run=2)
    assert (problem(studio), len(drafts(studio)["chapters"])) == (None, PARTS)


@pytest.mark.parametrize("worked_on", [False, True])
def test_a_block_of_which_nothing_came_stays_as_it_was(studio: Studio, model: Scholar, worked_on: bool) -> None:
    studio.step("summarise")
    if worked_on:
        studio.decide("abstract", "edit", value="一段自己的话，没有别人的。")
        studio.decide("abstract", "drop")
    before = studio.block("abstract")
    assert before["value"]
    model.says = lambda _: REFUSAL
    assert studio.draft_again("abstract").status == 200
    studio.step("summarise", run=2)
    assert problem(studio)["code"] == "NOTHING_DRAFTED"
    assert studio.block("abstract") == before


def test_one_part_that_is_refused_is_told_beside_the_others(studio: Studio, model: Scholar) -> None:
    model.says = lambda material: (
        REFUSAL if material.get("sentences", [[0]])[0][0] == 2 else json.dumps(right(material))
    )
    studio.step("summarise")
    assert problem(studio) is None
    block = studio.block("chapters")
    assert len(block["value"]) == PARTS - 1
    assert any("不是完整的 JSON" in mark["message"] for mark in block["marks"])


def test_an_answer_in_another_language_is_marked_throughout(studio: Studio, model: Scholar) -> None:
    def foreign(material: dict[str, Any]) -> str:
        answer = right(material)
        for chapter in answer.get("chapters", []):
            chapter |= {"title": "Duration", "summary": "Duration measures how prices react to interest rates."}
        return json.dumps({**answer, "abstract": "Duration measures how bond prices react to interest rates."})

    model.says = foreign
    studio.step("summarise")
    assert studio.block("abstract")["marks"]
    assert {mark["part"] for mark in studio.block("chapters")["marks"]} >= set(range(len(drafts(studio)["chapters"])))


def test_a_service_that_refuses_us_is_not_asked_again(studio: Studio, model: Scholar) -> None:
    model.dies_after, model.dies_of = 0, ModelRefuses("model-1: HTTP 401")
    assert studio.step("summarise") == Onward(go_on=False)
    told = problem(studio)
    assert (studio.read()["state"], told["code"]) == ("failed", "MODEL_REFUSES")
    assert "请告知管理员" in told["message"]
    assert "Tell an administrator" in told["message_en"]


def test_a_model_that_hangs_is_not_the_lectures_fault(studio: Studio) -> None:
    studio.world.clock.advance(900_000)
    fail_run(studio.producing(), studio.call("summarise"), out_of_time=True)
    told = problem(studio)
    assert told["code"] == "STEP_OUT_OF_TIME"
    assert "请稍后重新处理" in told["message"]
    assert "shorter" not in told["message_en"]


class Locked:
    """A recognizer with a wrong key."""

    def transcribe(self, recording: object) -> Any:
        """Nothing."""
        raise TranscriberRefuses("whisper-1: HTTP 401")


def test_a_recognizer_that_refuses_us_is_not_asked_again(world: World) -> None:
    studio = Studio(world, transcriber=Locked())
    studio.make(captions=None)
    told = next(step["problem"] for step in studio.read()["steps"] if step["step"] == "transcribe")
    assert told["code"] == "TRANSCRIBER_REFUSES"
    assert "自行上传字幕" in told["message"]
    assert "bring captions" in told["message_en"]
