"""The steps of a production: delivered twice, dying, overtaken, refused; and what each makes."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn
from unittest.mock import Mock

import pytest

from services.catalog.app.ports import ModelUnavailable, RecordingRefused, SpeechFile, StillTranscribing
from services.catalog.app.productions import package_recording
from services.catalog.app.productions.fail_run import fail_run
from services.catalog.app.productions.package_recording import encode_recording
from services.catalog.app.productions.take_step import Onward
from services.catalog.domain.draft import EXTRACTIVE, Draft, Lecture
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.production import STEPS
from services.catalog.domain.recording import Probe
from services.catalog.domain.transcript import Sentence, Transcript
from tests.fakes.slides import indexed_pdf
from tests.unit.catalog.studio import CAPTIONS, LECTURE, RECORDING, Studio, drafted
from tests.unit.catalog.world import World


@pytest.fixture
def studio(world: World) -> Studio:
    """A run has begun; nothing of it is done."""
    studio = Studio(world)
    studio.begin()
    studio.bring("recording", "talk.mp4", RECORDING)
    studio.bring("captions", "talk.vtt", CAPTIONS.encode())
    studio.write_facts()
    studio.start()
    return studio


def states(studio: Studio) -> dict[str, str]:
    """How each step stands."""
    return {step["step"]: step["state"] for step in studio.read()["steps"]}


def problem(studio: Studio, step: str) -> Any:
    """Why a step failed."""
    return next(found["problem"] for found in studio.read()["steps"] if found["step"] == step)


def test_each_step_delivered_twice_is_taken_once(studio: Studio) -> None:
    for number, step in enumerate(STEPS):
        for _ in range(2):
            onward = studio.step(step)
        assert onward.go_on is (step != "summarise")
        assert list(states(studio).values())[: number + 1] == ["done"] * (number + 1)
    assert len(studio.tool.packaged) == 1
    assert {block["revision"] for block in studio.read()["blocks"]} == {1}


def test_a_step_that_dies_is_taken_again(studio: Studio) -> None:
    studio.step("probe")

    def die() -> None:
        raise OSError("the function was ended")

    studio.tool.interrupt = die
    with pytest.raises(OSError, match="ended"):
        studio.step("encode")
    stands = next(step for step in studio.read()["steps"] if step["step"] == "encode")
    assert (stands["state"], stands["percent"]) == ("running", 10)
    studio.tool.interrupt = lambda: None
    assert studio.step("encode") == Onward(go_on=True)
    assert states(studio)["encode"] == "done"


def test_an_attempt_that_comes_late_writes_over_nothing(studio: Studio, world: World) -> None:
    studio.step("probe")

    def meanwhile() -> None:
        studio.tool.interrupt = lambda: None
        for step in ("encode", "check"):
            assert studio.step(step).go_on
        world.clock.advance(5_000)

    studio.tool.interrupt = meanwhile
    passed = {**world.bucket.files}
    assert studio.step("encode").go_on is False
    assert not passed.keys() - world.bucket.files.keys()
    packaged = {key.split("/")[3] for key in world.bucket.files if "/packaged/" in key}
    assert len(packaged) == 1, "it found out that it was late"


def test_a_cancellation_while_a_step_runs_ends_it_without_a_trace(studio: Studio) -> None:
    studio.step("probe")
    studio.tool.interrupt = lambda: cancel(studio)
    assert studio.step("encode") == Onward(go_on=False)
    stands = studio.read()
    assert (stands["state"], stands["media"]) == ("cancelled", None)
    for step in STEPS:
        assert studio.step(step) == Onward(go_on=False)
    assert studio.read()["steps"] == stands["steps"]


def cancel(studio: Studio) -> None:
    """Ends the production."""
    studio.world.clock.advance(5_000)
    assert studio.send("POST", "/cancellation", {"reason": "wrong recording"}).status == 200


def test_what_a_step_made_after_a_cancellation_is_not_written(studio: Studio) -> None:
    def summarise(lecture: Lecture, progress: Callable[[int, int], None]) -> Draft:
        del progress
        cancel(studio)
        return drafted(lecture, lambda _done, _all: None)

    studio.summarise = summarise
    studio.steps()
    stands = studio.read()
    assert (stands["state"], {block["state"] for block in stands["blocks"]}) == ("cancelled", {"empty"})
    assert stands["steps"][-1]["state"] == "running", "as it was when it was cancelled"


def test_an_older_run_writes_nothing_more(studio: Studio) -> None:
    studio.steps()
    studio.start(**{"from": "summarise"})
    before = studio.read()
    for step in STEPS:
        assert studio.step(step, run=1) == Onward(go_on=False)
    assert studio.read() == before


def test_a_step_that_is_not_of_the_run_lets_it_go_on(studio: Studio) -> None:
    studio.steps()
    studio.start(**{"from": "check"})
    assert [studio.step(step, run=2).go_on for step in STEPS] == [True, True, True, True, False]
    assert len(studio.tool.packaged) == 1


def test_what_nothing_can_be_made_of_is_refused_with_what_to_do(studio: Studio) -> None:
    studio.tool.refusal = RecordingRefused("NO_SOUND", "没有声音：请换一个录像", "there is no sound: bring another one")
    assert studio.step("probe") == Onward(go_on=False)
    stands = studio.read()
    assert (stands["state"], problem(studio, "probe")) == (
        "failed",
        {"code": "NO_SOUND", "message": "没有声音：请换一个录像", "message_en": "there is no sound: bring another one"},
    )
    assert studio.listed().body["productions"][0]["step"] == "probe"
    studio.tool.refusal = None
    assert studio.start().status == 200
    studio.steps(run=2)
    assert studio.read()["state"] == "reviewing"


def test_locked_slides_are_told_before_anything_is_made(studio: Studio) -> None:
    studio.tool.found = Probe(7_500, None, None, None, has_sound=True)
    studio.tool.locked = RecordingRefused("SLIDES_LOCKED", "有密码", "is locked")
    studio.bring("slides", "slides.pdf", b"%PDF-1.7")
    assert studio.step("probe") == Onward(go_on=False)
    assert problem(studio, "probe")["code"] == "SLIDES_LOCKED"


def test_slides_that_were_refused_are_not_done_without(studio: Studio) -> None:
    studio.tool.found = Probe(7_500, None, None, None, has_sound=True)
    slides = studio.bring("slides", "slides.pdf", indexed_pdf(locked=True))
    assert studio.step("probe") == Onward(go_on=False)
    assert problem(studio, "probe") == slides["problem"]
    studio.send("DELETE", f"/files/{slides['file_id']}")
    assert studio.start().status == 200
    studio.steps(run=2)
    locked = studio.bring("slides", "slides.pdf", indexed_pdf(locked=True))
    assert studio.start(**{"from": "encode"}).status == 200
    assert studio.step("encode", run=3) == Onward(go_on=False)
    assert problem(studio, "encode") == locked["problem"]


def test_how_far_a_step_is_is_written_now_and_then(studio: Studio, world: World) -> None:
    seen: list[Any] = []
    studio.step("probe")

    def look() -> None:
        seen.append(studio.read()["steps"][1]["percent"])
        world.clock.advance(2_500)

    studio.tool.interrupt = look
    studio.step("encode")
    assert seen == [10]


class Service:
    """Asks for a job."""

    def job(self, name: str, source: str, folder: str, probe: Probe) -> dict[str, Any]:
        """What it was asked."""
        return {"name": name, "source": source, "folder": folder, "width": probe.width}


def encoded(studio: Studio) -> dict[str, Any]:
    """What the service was asked for, and made."""
    studio.step("probe")
    begun = studio.begin_encoding()
    assert begun.job
    for name in ("360p", "540p", "720p"):
        studio.world.bucket.files[f"{begun.job['folder']}rendition-{name}.mp4"] = b"encoded"
    return begun.job


def test_a_service_encodes_and_the_tool_packages(studio: Studio) -> None:
    studio.encoding = Service()
    studio.step("probe")
    begun = studio.begin_encoding()
    assert begun == studio.begin_encoding(), "delivered twice"
    assert begun.job
    assert (begun.go_on, begun.job["width"]) == (True, 1280)
    job = encoded(studio)
    studio.step("encode")
    assert studio.tool.packaged == [
        f"memory://bucket/{job['folder']}rendition-{name}.mp4" for name in ("360p", "540p", "720p")
    ]
    assert studio.begin_encoding().job is None


def test_what_a_service_encoded_is_not_paid_for_again(studio: Studio) -> None:
    studio.encoding = Service()
    encoded(studio)

    def die() -> None:
        raise OSError("no space left")

    studio.tool.interrupt = die
    with pytest.raises(OSError, match="space"):
        studio.step("encode")
    fail_run(studio.producing(), studio.call("encode"))
    studio.tool.interrupt = lambda: None
    studio.start()
    assert studio.begin_encoding(run=2) == Onward(go_on=True)
    assert studio.step("encode", run=2).go_on
    assert len(studio.tool.packaged) == 6


def test_what_a_service_encoded_by_half_is_asked_for_again(studio: Studio, world: World) -> None:
    studio.encoding = Service()
    job = encoded(studio)
    del world.bucket.files[f"{job['folder']}rendition-540p.mp4"]
    fail_run(studio.producing(), studio.call("encode"))
    studio.start()
    again = studio.begin_encoding(run=2).job
    assert again
    assert (again["folder"], again["name"] != job["name"]) == (job["folder"], True)


def test_another_recording_is_encoded_itself(studio: Studio) -> None:
    studio.encoding = Service()
    job = encoded(studio)
    studio.step("encode")
    for step in ("check", "transcribe", "summarise"):
        studio.step(step)
    (known,) = [file for file in studio.read()["files"] if file["role"] == "recording"]
    assert studio.send("DELETE", f"/files/{known['file_id']}").status == 200
    studio.bring("recording", "other.mp4", RECORDING)
    studio.start()
    studio.step("probe", run=2)
    other = studio.begin_encoding(run=2).job
    assert other
    assert other["folder"] != job["folder"]


def test_what_the_function_cannot_hold_is_refused_before_it_is_wrapped(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.encoding = Service()
    encoded(studio)
    monkeypatch.setattr(package_recording, "ROOM", 4 * len(b"encoded") - 1)
    assert studio.step("encode") == Onward(go_on=False)
    assert (problem(studio, "encode")["code"], studio.tool.packaged) == ("LECTURE_TOO_LARGE", [])


def test_a_service_has_nothing_to_encode_where_the_recording_is_gone(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.encoding = Mock()
    studio.step("probe")
    monkeypatch.setattr(package_recording, "find_file", lambda *_: None)
    assert studio.begin_encoding() == Onward(go_on=False)
    assert problem(studio, "encode")["code"] == "RUN_NEEDS_RECORDING"
    assert studio.read()["state"] == "failed"


def test_without_a_picture_or_a_service_there_is_no_job(studio: Studio) -> None:
    studio.step("probe")
    assert studio.begin_encoding() == Onward(go_on=True)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"b.m4s": b"no segment"}, "MEDIA_INVALID"),
        ({"c.m4s": LECTURE["b.m4s"]}, "MEDIA_INVALID"),
        ({"init.mp4": b"no header"}, "MEDIA_INVALID"),
        ({"b.m4s": LECTURE["a.m4s"], "a.m4s": LECTURE["b.m4s"]}, "MEDIA_INVALID"),
        ({"index.m3u8": b"#EXTM3U"}, "MEDIA_INVALID"),
    ],
)
def test_a_lecture_that_does_not_play_to_its_end_is_not_passed(
    studio: Studio, changed: dict[str, bytes], code: str
) -> None:
    studio.tool.files = {**LECTURE, **changed}
    studio.steps()
    found = problem(studio, "check")
    assert (studio.read()["state"], found["code"]) == ("failed", code)
    assert found["message"]
    assert found["message_en"]
    assert "media" in {lack["part"] for lack in studio.read()["missing"]}


def test_a_lecture_that_lost_its_end_is_not_passed(studio: Studio) -> None:
    studio.tool.found = replace(studio.tool.found, duration_ms=60_000)
    studio.steps()
    assert problem(studio, "check")["code"] == "LECTURE_CUT_SHORT"


def test_what_is_packaged_can_be_looked_at(studio: Studio) -> None:
    studio.steps()
    media = studio.read()["media"]
    assert (media["duration_ms"], len(media["previews"])) == (7_500, 6)
    assert media["poster_url"].endswith("/poster.jpg")
    assert [(r["name"], r["width"]) for r in media["renditions"]] == [("main", None)]


@pytest.mark.parametrize(
    ("captions", "lines"),
    [
        ("WEBVTT\n\n00:30.000 --> 00:31.000\n太晚。\n", [3]),
        (f"{CAPTIONS}\n00:07.500 --> 00:09.000\n太晚。\n\n00:09.000 --> 00:11.000\n再见。\n", [15, 18]),
    ],
)
def test_captions_after_the_lectures_end_are_told(world: World, captions: str, lines: list[int]) -> None:
    studio = Studio(world)
    studio.make(captions)
    told = problem(studio, "transcribe")
    assert told["code"] == "CAPTIONS_BEYOND"
    assert [int(line) for line in re.findall(r"line (\d+): the cue starts after", told["message_en"])] == lines
    assert studio.read()["media"], "what was packaged is kept"


def test_captions_end_with_the_lecture(world: World) -> None:
    studio = Studio(world)
    studio.make(CAPTIONS + "\n00:07.400 --> 00:09.000\n谢谢。\n")
    assert studio.send("GET", "/transcript").body["sentences"][-1] == {
        "number": 5, "start_ms": 7_400, "end_ms": 7_500, "text": "谢谢。",
    }  # fmt: skip


@dataclass
class Recognizer:
    """Has to be asked twice."""

    asked: int = 0
    heard: tuple[str, ...] = ()

    def transcribe(self, recording: SpeechFile) -> Transcript:
        """One sentence."""
        self.asked += 1
        self.heard = recording.terms
        assert recording.path.read_bytes() == b"made"
        if self.asked == 1:
            raise StillTranscribing
        return Transcript(recording.language, (Sentence(0, 1_000, "久期。"),))


def test_a_recognizer_is_asked_again_until_it_has_heard_all(world: World) -> None:
    world.upload(package := world.package())
    world.publish(package, expected=0, id="another")
    recognizer = Recognizer()
    studio = Studio(world, transcriber=recognizer)
    studio.make(captions=None)
    assert recognizer.asked == 2
    transcript = studio.send("GET", "/transcript").body
    assert (transcript["source"], [s["text"] for s in transcript["sentences"]]) == ("openai", ["久期。"])
    assert recognizer.heard == ("债券", "久期"), "the catalogue's terms"


class Refusing:
    """Takes nothing of this length."""

    def transcribe(self, recording: SpeechFile) -> NoReturn:
        """Says for which length."""
        raise RecordingRefused("TRANSCRIBER_LIMIT", "太长", f"{recording.duration_ms} ms are too long")


def test_what_a_recognizer_refuses_is_told(world: World) -> None:
    studio = Studio(world, transcriber=Refusing())
    studio.make(captions=None)
    told = problem(studio, "transcribe")
    assert (told["code"], told["message_en"]) == ("TRANSCRIBER_LIMIT", "7500 ms are too long")


def test_corrections_outlive_another_run_over_the_same_source(studio: Studio) -> None:
    studio.steps()
    studio.send("PUT", "/transcript", {"revision": 1, "corrections": [{"number": 1, "text": "改正。"}]})
    studio.start(**{"from": "encode"})
    studio.steps(run=2)
    transcript = studio.send("GET", "/transcript").body
    assert (transcript["revision"], transcript["sentences"][0]["text"]) == (2, "改正。")


def test_what_a_person_decided_while_a_machine_drafted_stays(studio: Studio) -> None:
    def summarise(lecture: Lecture, progress: Callable[[int, int], None]) -> Draft:
        assert studio.decide("abstract", "edit", value="人写的。").status == 200
        assert studio.decide("keywords", "drop").status == 200
        return drafted(lecture, progress)

    studio.summarise = summarise
    studio.steps()
    made = {block["block"]: (block["state"], block["value"]) for block in studio.read()["blocks"]}
    assert made["abstract"] == ("written", "人写的。")
    assert made["keywords"] == ("dropped", None)
    assert made["chapters"][0] == "draft"


def test_a_summariser_out_of_reach_fails_the_run_and_leaves_the_rest(studio: Studio) -> None:
    def away(lecture: Lecture, progress: Callable[[int, int], None]) -> Draft:
        raise ModelUnavailable("model-1: away")

    studio.summarise = away
    with pytest.raises(ModelUnavailable):
        studio.steps()
    assert fail_run(studio.producing(), studio.call("summarise")) == Onward(go_on=False)
    stands = studio.read()
    assert (stands["state"], problem(studio, "summarise")["code"]) == ("failed", "STEP_FAILED")
    assert fail_run(studio.producing(), studio.call("summarise")) == Onward(go_on=False)
    assert studio.read() == stands
    # A person may write what no machine drafted.
    studio.decide("abstract", "edit", value="人写的。")
    studio.decide("chapters", "edit", value=[{"at": "00:00", "title": "开始", "summary": "一句话。"}])
    assert studio.publish().body["state"] == "published"


def test_sentences_are_chosen_whoever_speaks(world: World) -> None:
    studio = Studio(world, lambda lecture, progress: replace(drafted(lecture, progress), made_by=EXTRACTIVE))
    studio.make()
    studio.write_facts(instructors=[{"name": "周行", "title": "讲师", "bio": "讲债券。"}])
    assert states(studio)["summarise"] == "done"


def test_a_draft_of_a_long_lecture_fits(world: World) -> None:
    def summarise(lecture: Lecture, progress: Callable[[int, int], None]) -> Draft:
        draft = drafted(lecture, progress)
        return replace(draft, key_points=draft.key_points * 300, questions=draft.questions * 300)

    studio = Studio(world, summarise)
    studio.make("WEBVTT\n\n00:00.500 --> 00:07.000\n" + "讲债券的久期" * 400 + "。\n")
    made = {block["block"]: block for block in studio.read()["blocks"]}
    assert (len(made["key_points"]["value"]), len(made["questions"]["value"])) == (200, 50)
    assert {mark["part"] for mark in made["key_points"]["marks"]} == set(range(200))


def test_what_was_extracted_says_so(world: World) -> None:
    studio = Studio(world, lambda lecture, progress: replace(drafted(lecture, progress), made_by=EXTRACTIVE))
    studio.make()
    assert studio.block("abstract")["made_by"] == EXTRACTIVE


def test_a_step_of_a_production_that_is_none_is_a_mistake(studio: Studio) -> None:
    call = replace(studio.call("encode"), production_id=ProductionId("0" * 32))
    with pytest.raises(LookupError):
        encode_recording(studio.packaging(), call)
