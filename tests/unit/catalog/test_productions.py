"""From a recording to a published course page: what editors ask, as the gateway would."""

import json
from dataclasses import replace
from typing import Any

import pytest

from services.catalog.app.ports import UploadGone
from services.catalog.app.productions import publish_production
from services.catalog.domain.draft import EXTRACTIVE
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.production_file import LIMITS
from services.catalog.domain.recording import Probe
from services.catalog.handlers import http
from services.kit.audit import AuditRecord
from services.kit.http import HttpApi
from tests.fakes.slides import indexed_pdf
from tests.gateway import claims, origin_secret, request, send
from tests.unit.catalog.studio import CAPTIONS, COLLEAGUE, FACTS, LECTURE, RECORDING, Studio, drafted
from tests.unit.catalog.world import World

UNKNOWN = ProductionId("0" * 32)
LOCKED_PDF = b"%PDF-1.7\n" + bytes(70_000) + b"trailer << /Encrypt 12 0 R >>\n%%EOF"
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def studio(world: World) -> Studio:
    """Nothing is begun yet."""
    return Studio(world)


@pytest.fixture
def reader(world: World) -> HttpApi:
    """What learners see."""
    return http.build_api(world.ctx, world.search, origin_secret)


def page(reader: HttpApi, course: str = "bonds") -> Any:
    """A course's page."""
    answer = send(reader, request("GET", f"/v1/catalog/courses/{course}"))
    assert answer.status == 200, answer.body
    return answer.body


def test_from_a_recording_to_the_published_page(studio: Studio, world: World, reader: HttpApi) -> None:
    made = studio.make()
    assert made["state"] == "reviewing"
    assert [step["state"] for step in made["steps"]] == ["done"] * 5
    assert {lack["part"] for lack in made["missing"]} == {
        "keywords", "abstract", "chapters", "mind_map", "key_points", "questions",
    }  # fmt: skip
    studio.accept_all()
    assert studio.read()["missing"] == []
    published = studio.publish()
    assert published.status == 200, published.body
    outcome = published.body["published"]
    assert (published.body["state"], outcome["publication"], outcome["changed"]) == ("published", 1, True)
    shown = page(reader)
    assert [(c["at_ms"], c["title"]) for c in shown["chapters"]] == [(0, "债券的久期"), (4_000, "利率上升")]
    assert {p["block"]: (p["made_by"], p["reviewed_by"]) for p in shown["provenance"]} == dict.fromkeys(
        ("keywords", "abstract", "chapters", "mind_map", "key_points", "questions"), ("model-1", "王编辑")
    )
    folder = shown["media"]["path"].removesuffix("index.m3u8").removeprefix("/")
    assert {name.removeprefix(folder) for name in world.bucket.files if name.startswith(folder)} == {
        *LECTURE,
        shown["media"]["captions"][0]["path"].removeprefix(f"/{folder}"),
    }
    assert "久期说的是价格" in world.bucket.files[shown["media"]["captions"][0]["path"].removeprefix("/")].decode()
    assert [event.type for event in world.store.outbox] == ["catalog.course_published.v1"]


def test_a_course_without_a_title_yet_is_called_by_its_id(studio: Studio) -> None:
    assert studio.begin(title=None)["title"] == "bonds"


def test_a_production_is_begun_once_for_each_key(studio: Studio) -> None:
    sent = {"course_id": "bonds", "title": "债券入门", "language": "zh"}
    key = studio.key()
    answers = [studio.send("POST", "", sent, idempotency_key=key).body["production_id"] for _ in range(2)]
    assert answers[0] == answers[1]
    other = studio.send("POST", "", {**sent, "title": "另一门"}, idempotency_key=key)
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_course_that_is_there_is_not_begun_as_a_new_one(studio: Studio, world: World) -> None:
    world.upload(package := world.package())
    world.publish(package, expected=0)
    kept = dict(world.store.items)
    sent = {"course_id": "bonds", "title": "另一门", "language": "zh"}
    answer = studio.send("POST", "", sent, idempotency_key=studio.key())
    assert (answer.status, answer.code, answer.body["publication"]) == (409, "COURSE_THERE", 1)
    assert world.store.items == kept


def test_a_new_production_is_empty_and_knows_what_it_lacks(studio: Studio) -> None:
    begun = studio.begin()
    assert (begun["state"], begun["base_publication"], begun["files"], begun["media"]) == ("bringing", 0, [], None)
    assert [step["state"] for step in begun["steps"]] == ["waiting"] * 5
    assert begun["facts"]["facts"] == {**dict.fromkeys(FACTS), "title_en": None, "subtitle": None} | {
        "title": "债券入门", "content_id": "bonds",
    }  # fmt: skip
    assert {block["state"] for block in begun["blocks"]} == {"empty"}
    parts = {lack["part"] for lack in begun["missing"]}
    assert {"media", "facts/hours", "abstract", "chapters"} <= parts
    assert all(lack["message"] and lack["message_en"] for lack in begun["missing"])


def test_the_list_has_the_newest_first_and_says_whose(studio: Studio, world: World) -> None:
    for course in ("one", "two", "three"):
        studio.begin(course_id=course)
        world.clock.advance(1_000)
    first = studio.listed("?limit=2").body
    assert [line["course_id"] for line in first["productions"]] == ["three", "two"]
    assert {line["started_by_me"] for line in first["productions"]} == {True}
    rest = studio.listed(f"?limit=2&after={first['after']}", COLLEAGUE).body
    assert [(line["course_id"], line["started_by_me"], line["state"]) for line in rest["productions"]] == [
        ("one", False, "bringing")
    ]


def test_only_editors_may(studio: Studio) -> None:
    studio.begin()
    for who in (claims("somebody"), claims("auditor-1", "auditor")):
        assert studio.send("GET", who=who).code == "WRONG_ROLE"


def test_what_is_not_there_is_not_found(studio: Studio) -> None:
    studio.production_id = UNKNOWN
    asked: list[tuple[str, str, Any]] = [
        ("GET", "", None), ("GET", "/transcript", None), ("GET", "/preview", None), ("POST", "/runs", {}),
        ("PUT", "/facts", {"revision": 1, "facts": {}}), ("POST", f"/files/{UNKNOWN}/parts", {"numbers": [1]}),
        ("POST", f"/files/{UNKNOWN}/completion", None), ("DELETE", f"/files/{UNKNOWN}", None),
        ("PUT", "/transcript", {"revision": 1, "corrections": [{"number": 1, "text": "x"}]}),
        ("PUT", "/blocks/abstract", {"revision": 0, "decision": "drop"}),
        ("POST", "/blocks/abstract/drafts", {"revision": 0}),
        ("POST", "/publication", {"reason": "because"}), ("POST", "/cancellation", {"reason": "because"}),
    ]  # fmt: skip
    for method, path, body in asked:
        answer = studio.send(method, path, body)
        assert (answer.status, answer.code) == (404, "PRODUCTION_UNKNOWN"), path


# Facts


def test_facts_are_kept_however_much_is_missing_and_faults_are_told(studio: Studio) -> None:
    studio.begin()
    answer = studio.write_facts(hours=None, price_fen=5, member_price_fen=9)
    assert answer.status == 200
    assert {fault["pointer"] for fault in answer.body["faults"]} == {"/hours", "/member_price_fen"}
    assert studio.write_facts().body["faults"] == []
    assert studio.read()["facts"]["facts"]["instructors"][0]["name"] == "林知远"


def test_of_two_editors_of_the_facts_the_second_is_told(studio: Studio) -> None:
    studio.begin()
    sent = {"revision": studio.read()["facts"]["revision"], "facts": {**FACTS, "title": "甲"}}
    assert studio.send("PUT", "/facts", sent).status == 200
    late = studio.send("PUT", "/facts", {**sent, "facts": {**FACTS, "title": "乙"}}, COLLEAGUE)
    assert (late.status, late.code, late.body["revision"]) == (409, "PRODUCTION_CHANGED", 2)
    assert studio.read()["title"] == "甲"
    assert [line["title"] for line in studio.listed().body["productions"]] == ["甲"]


# Files


@pytest.mark.parametrize(
    ("role", "name", "size", "code"),
    [
        ("recording", "talk.mp4", 0, "FILE_EMPTY"),
        ("recording", "talk.mp4", 6 * 1024**3, "FILE_TOO_LARGE"),
        ("recording", "talk.avi", 10, "FILE_TYPE"),
        ("recording", "talk", 10, "FILE_TYPE"),
        ("slides", "slides.pptx", 10, "FILE_TYPE"),
        ("slides", "slides.pdf", 101 * 1024**2, "FILE_TOO_LARGE"),
        ("captions", "talk.vtt", 1024**2 + 1, "FILE_TOO_LARGE"),
        ("handout", "a/b.pdf", 10, "FILE_NAME"),
        ("cover", "cover.gif", 10, "FILE_TYPE"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_it_is_sent(
    studio: Studio, role: str, name: str, size: int, code: str
) -> None:
    studio.begin()
    answer = studio.announce(role, name, size)
    assert (answer.status, answer.code) == (422, "FILE_REFUSED")
    assert [error["code"] for error in answer.body["errors"]] == [code]
    assert studio.read()["files"] == []


def test_of_each_role_there_are_so_many(studio: Studio) -> None:
    studio.begin()
    assert studio.announce("recording", "TALK.MP4", 10).status == 200
    assert studio.announce("recording", "other.mov", 10).body["errors"][0]["code"] == "FILE_TOO_MANY"
    for number in range(LIMITS["handout"].most):
        assert studio.announce("handout", f"{number}.pdf", 10).status == 200
    assert studio.announce("handout", "more.pdf", 10).code == "FILE_REFUSED"


def test_a_file_is_announced_once_for_each_key(studio: Studio) -> None:
    studio.begin()
    sent, key = {"role": "recording", "name": "talk.mp4", "bytes": 10}, studio.key()
    ids = {studio.send("POST", "/files", sent, idempotency_key=key).body["file_id"] for _ in range(2)}
    assert len(ids) == len(studio.read()["files"]) == 1


def test_an_upload_goes_on_where_it_was_and_is_completed_once(studio: Studio) -> None:
    studio.begin()
    content = RECORDING + bytes(20 * 1024**2)
    file = studio.announce("recording", "talk.mp4", len(content)).body
    assert (file["state"], file["part_bytes"], file["parts_here"]) == ("uploading", 8 * 1024**2, [])
    signed = studio.send("POST", f"/files/{file['file_id']}/parts", {"numbers": [1, 3, 3, 4, 10_000]}).body["parts"]
    assert [part["number"] for part in signed] == [1, 3]
    for part in signed:
        begin = (part["number"] - 1) * file["part_bytes"]
        studio.world.production_files.send(part["url"], content[begin : begin + file["part_bytes"]])
    assert studio.read()["files"][0]["parts_here"] == [1, 3]
    early = studio.complete(file["file_id"])
    assert (early.status, early.code, early.body["missing"], early.body["missing_count"]) == (
        409, "FILE_INCOMPLETE", [2], 1,
    )  # fmt: skip
    studio.upload(file, content)
    for _ in range(2):
        done = studio.complete(file["file_id"])
        assert (done.status, done.body["state"], done.body["problem"]) == (200, "here", None)
    assert studio.send("POST", f"/files/{file['file_id']}/parts", {"numbers": [1]}).body == {"parts": []}


def test_who_died_after_putting_the_parts_together_completes_it_the_next_time(studio: Studio) -> None:
    studio.begin()
    file = studio.announce("recording", "talk.mp4", len(RECORDING)).body
    studio.upload(file, RECORDING)
    [(key, upload)] = studio.world.production_files.uploads
    studio.world.production_files.complete(key, upload)
    with pytest.raises(UploadGone):
        studio.world.production_files.parts(key, upload)
    assert studio.read()["files"][0]["parts_here"] == []
    assert studio.complete(file["file_id"]).body["state"] == "here"


def test_an_upload_that_has_expired_is_told(studio: Studio) -> None:
    studio.begin()
    file = studio.announce("recording", "talk.mp4", len(RECORDING)).body
    [(key, upload)] = studio.world.production_files.uploads
    studio.world.production_files.abort(key, upload)
    answer = studio.complete(file["file_id"])
    assert (answer.code, answer.body["errors"][0]["code"]) == ("FILE_REFUSED", "UPLOAD_EXPIRED")


@pytest.mark.parametrize(
    ("role", "name", "content", "code"),
    [
        ("recording", "talk.mp4", b"this is text and no video", "FILE_NOT_AS_NAMED"),
        ("slides", "slides.pdf", b"PK\x03\x04 no pdf", "FILE_NOT_AS_NAMED"),
        ("slides", "slides.pdf", LOCKED_PDF, "FILE_LOCKED"),
        ("slides", "slides.pdf", indexed_pdf(locked=True), "FILE_LOCKED"),
        ("handout", "handout.pdf", LOCKED_PDF, "FILE_LOCKED"),
        ("handout", "handout.pdf", indexed_pdf(locked=True), "FILE_LOCKED"),
        ("captions", "talk.srt", b"\x00\x01\x02", "FILE_NOT_AS_NAMED"),
        ("captions", "talk.srt", b"no captions at all, just text", "CAPTIONS_UNREADABLE"),
        ("translation", "en.srt", b"1\n00:00:02,000 --> 00:00:01,000\nBonds\n", "CAPTIONS_FAULTY"),
        ("cover", "cover.png", b"GIF89a", "FILE_NOT_AS_NAMED"),
        ("portrait", "face.jpg", b"GIF89a", "FILE_NOT_AS_NAMED"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_told_and_keeps_it_from_publication(
    studio: Studio, role: str, name: str, content: bytes, code: str
) -> None:
    studio.make()
    if role in {"recording", "captions"}:
        known = next(file for file in studio.read()["files"] if file["role"] == role)
        assert studio.send("DELETE", f"/files/{known['file_id']}").status == 200
    whose = {"instructor": "林知远"} if role == "portrait" else {}
    file = studio.bring(role, name, content, **whose)
    assert (file["state"], file["problem"]["code"]) == ("refused", code)
    assert "files" in {lack["part"] for lack in studio.read()["missing"]}
    assert studio.send("DELETE", f"/files/{file['file_id']}").status == 200
    assert "files" not in {lack["part"] for lack in studio.read()["missing"]}


@pytest.mark.parametrize("end", [b"", b"startxref\n999999\n%%EOF"])
def test_a_pdf_without_a_password_is_taken_wherever_its_index_is(studio: Studio, end: bytes) -> None:
    studio.begin()
    assert studio.bring("slides", "slides.pdf", indexed_pdf(locked=False) + end)["state"] == "here"


def test_a_file_is_removed_with_what_was_made_of_it(studio: Studio, world: World) -> None:
    studio.make()
    recording = next(file for file in studio.read()["files"] if file["role"] == "recording")
    for _ in range(2):
        assert studio.send("DELETE", f"/files/{recording['file_id']}").body == {"file_id": recording["file_id"]}
    assert not [key for key in world.bucket.files if recording["file_id"] in key]
    after = studio.read()
    assert (after["state"], [step["state"] for step in after["steps"]]) == ("bringing", ["waiting"] * 5)
    assert studio.start().code == "RUN_NEEDS_RECORDING"
    assert "media" in {lack["part"] for lack in after["missing"]}


def test_other_captions_have_the_transcript_made_again(studio: Studio) -> None:
    studio.make()
    captions = next(file for file in studio.read()["files"] if file["role"] == "captions")
    studio.send("DELETE", f"/files/{captions['file_id']}")
    studio.bring("captions", "talk.srt", "1\n00:00:01,000 --> 00:00:02,000\n你好。\n".encode())
    assert [step["state"] for step in studio.read()["steps"]] == ["done", "done", "done", "waiting", "waiting"]
    assert "transcript" in {lack["part"] for lack in studio.read()["missing"]}
    started = studio.start().body
    assert started["state"] == "running"
    studio.steps(run=2)
    assert [s["text"] for s in studio.send("GET", "/transcript").body["sentences"]] == ["你好。"]


def test_nothing_of_the_recording_before_is_published_with_another(studio: Studio, world: World) -> None:
    studio.make()
    studio.accept_all()
    files = {file["role"]: file["file_id"] for file in studio.read()["files"]}
    for role in ("captions", "recording"):
        studio.send("DELETE", f"/files/{files[role]}")
    assert studio.decide("abstract", "accept", reviewer="王编辑").status == 200
    studio.bring("recording", "other.mp4", RECORDING + b"1")
    studio.bring("captions", "bad.vtt", "WEBVTT\n\n00:30.000 --> 00:31.000\n太晚。\n".encode())
    assert {block["state"] for block in studio.read()["blocks"]} == {"draft"}
    studio.start()
    studio.steps(run=2)
    assert studio.read()["steps"][3]["state"] == "failed"
    assert studio.draft_again("abstract").code == "NO_TRANSCRIPT"
    studio.accept_all()
    assert [lack["part"] for lack in studio.read()["missing"]] == ["transcript"]
    assert studio.publish().code == "PRODUCTION_NOT_READY"
    assert not [key for key in world.bucket.files if key.startswith("media/")]


def test_a_recording_in_use_is_not_removed(studio: Studio) -> None:
    studio.begin()
    file = studio.bring("recording", "talk.mp4", RECORDING)
    studio.start()
    answer = studio.send("DELETE", f"/files/{file['file_id']}")
    assert (answer.status, answer.code) == (409, "PRODUCTION_RUNNING")


# Runs


def test_a_run_needs_a_recording_and_is_alone(studio: Studio, world: World) -> None:
    studio.begin()
    assert studio.start().code == "RUN_NEEDS_RECORDING"
    studio.bring("recording", "talk.mp4", RECORDING)
    assert studio.start().body["state"] == "running"
    assert world.machine.running == {
        f"{studio.production_id}-1": {
            "production_id": studio.production_id,
            "run": 1,
        }
    }
    studio.step("probe")
    assert (studio.start().status, studio.start().code) == (409, "PRODUCTION_RUNNING")


def test_a_run_that_never_reached_the_machine_is_begun_by_the_next_call(studio: Studio, world: World) -> None:
    studio.begin()
    studio.bring("recording", "talk.mp4", RECORDING)
    world.machine.is_away = True
    assert studio.start().status == 500
    assert (studio.read()["state"], world.machine.running) == ("running", {})
    world.machine.is_away = False
    assert studio.start().status == 200
    assert list(world.machine.running) == [f"{studio.production_id}-1"]


def test_a_run_that_died_without_a_word_is_followed_by_another(studio: Studio, world: World) -> None:
    studio.begin()
    studio.bring("recording", "talk.mp4", RECORDING)
    studio.start()
    studio.step("probe")
    world.clock.advance(61_000)
    assert studio.start().code == "PRODUCTION_RUNNING", "the machine says so"
    world.machine.running.clear()
    begun = studio.start().body
    assert (begun["state"], begun["steps"][0]["state"], begun["steps"][1]["state"]) == ("running", "done", "waiting")
    assert world.machine.begun[-1] == f"{studio.production_id}-2"
    assert studio.step("encode", run=1).go_on is False
    studio.steps(run=2)
    assert studio.read()["state"] == "reviewing"


def test_a_run_from_a_step_on_takes_what_it_rests_on_too(studio: Studio, world: World) -> None:
    studio.make()
    assert studio.start(**{"from": "summarise"}).status == 200
    assert [step["state"] for step in studio.read()["steps"]] == ["done"] * 4 + ["waiting"]
    studio.steps(run=2)
    captions = next(file for file in studio.read()["files"] if file["role"] == "captions")
    studio.send("DELETE", f"/files/{captions['file_id']}")
    assert studio.start(**{"from": "summarise"}).status == 200
    assert [step["state"] for step in studio.read()["steps"]] == ["done"] * 3 + ["waiting"] * 2
    assert list(world.machine.running) == [f"{studio.production_id}-{run}" for run in (1, 2, 3)]


def test_a_step_that_no_schema_knows_is_refused(studio: Studio) -> None:
    studio.begin()
    assert studio.start(**{"from": "publish"}).code == "INVALID_REQUEST"


def test_a_production_may_be_cancelled_before_anything_runs(studio: Studio) -> None:
    studio.begin()
    assert studio.send("POST", "/cancellation", {"reason": "a mistake"}).body["state"] == "cancelled"


def test_a_cancelled_production_is_over(studio: Studio, world: World) -> None:
    studio.begin()
    studio.bring("recording", "talk.mp4", RECORDING)
    studio.announce("handout", "a.pdf", 10)
    studio.start()
    for _ in range(2):
        cancelled = studio.send("POST", "/cancellation", {"reason": "wrong course"})
        assert (cancelled.status, cancelled.body["state"], cancelled.body["missing"]) == (200, "cancelled", [])
    assert not world.machine.running
    assert not world.production_files.uploads
    for method, path, body in (
        ("POST", "/runs", {}),
        ("PUT", "/facts", {"revision": 1, "facts": {}}),
        ("PUT", "/blocks/abstract", {"revision": 0, "decision": "drop"}),
        ("POST", "/publication", {"reason": "because"}),
    ):
        assert studio.send(method, path, body).code == "PRODUCTION_CLOSED", path
    assert studio.announce("handout", "b.pdf", 10).code == "PRODUCTION_CLOSED"


# Transcript


def test_sentences_are_corrected_and_keep_their_times(studio: Studio) -> None:
    studio.make()
    before = studio.send("GET", "/transcript").body
    assert (before["source"], before["revision"], len(before["sentences"])) == ("captions", 1, 4)
    sent = {"revision": 1, "corrections": [{"number": 1, "text": " 今天讲债券的久期和凸性。 "}]}
    after = studio.send("PUT", "/transcript", sent).body
    assert after["sentences"][0] == {**before["sentences"][0], "text": "今天讲债券的久期和凸性。"}
    assert after["sentences"][1:] == before["sentences"][1:]
    assert studio.send("GET", "/transcript").body == after
    late = studio.send("PUT", "/transcript", sent, COLLEAGUE)
    assert (late.status, late.code, late.body["revision"]) == (409, "PRODUCTION_CHANGED", 2)


@pytest.mark.parametrize(("number", "text"), [(5, "没有这一句"), (1, " \u200b ")])
def test_no_sentence_comes_or_goes(studio: Studio, number: int, text: str) -> None:
    studio.make()
    answer = studio.send("PUT", "/transcript", {"revision": 1, "corrections": [{"number": number, "text": text}]})
    assert (answer.status, answer.code, answer.body["number"]) == (422, "SENTENCE_UNKNOWN", number)


def test_without_captions_or_a_transcriber_there_is_no_transcript(studio: Studio, reader: HttpApi) -> None:
    made = studio.make(captions=None)
    assert [step["state"] for step in made["steps"]] == ["done", "done", "done", "skipped", "skipped"]
    assert made["state"] == "reviewing"
    assert studio.send("GET", "/transcript").body == {
        "revision": 1, "language": "zh", "source": "none", "sentences": [],
    }  # fmt: skip
    answer = studio.send("PUT", "/transcript", {"revision": 1, "corrections": [{"number": 1, "text": "x"}]})
    assert answer.code == "NO_TRANSCRIPT"
    assert studio.draft_again("abstract").code == "NO_TRANSCRIPT"
    studio.decide("abstract", "edit", value="一段话。")
    studio.decide("chapters", "edit", value=[{"at": "00:00", "title": "开始", "summary": "一句话。"}])
    assert studio.publish().body["state"] == "published"
    assert page(reader)["media"]["captions"] == page(reader)["provenance"] == []


# Blocks


def test_a_draft_stands_beside_what_it_rests_on(studio: Studio) -> None:
    studio.make()
    chapters = studio.block("chapters")
    assert (chapters["state"], chapters["made_by"], chapters["reviewer"]) == ("draft", "model-1", None)
    assert chapters["sources"][1] == {
        "part": 1, "start_ms": 4_000, "end_ms": 7_400, "said": "利率上升,债券的价格就下降。久期越长,下降得越多。",
    }  # fmt: skip
    assert [mark["part"] for mark in studio.block("key_points")["marks"]] == [0]


def test_marks_must_be_seen_before_a_draft_is_accepted(studio: Studio) -> None:
    studio.make()
    refused = studio.decide("key_points", "accept", reviewer="王编辑")
    assert (refused.status, refused.code, len(refused.body["marks"])) == (422, "BLOCK_MARKED", 1)
    assert studio.block("key_points")["state"] == "draft"
    accepted = studio.decide("key_points", "accept", reviewer="王编辑", marks_seen=True).body
    assert (accepted["state"], accepted["reviewer"], accepted["marks"]) == ("accepted", "王编辑", [])
    assert len(studio.decide("key_points", "reopen").body["marks"]) == 1, "looked at again"
    assert studio.decide("key_points", "accept", reviewer="王编辑").code == "BLOCK_MARKED"


def test_an_edit_leaves_no_marks_unseen(studio: Studio) -> None:
    studio.make()
    [marked] = [{name: said for name, said in p.items() if said} for p in studio.block("key_points")["value"]]
    first = {"question": "久期是什么?", "answer": "价格对利率的敏感度。"}
    value = [first, marked]
    for before in ("reopen", "drop"):
        studio.decide("key_points", before)
        refused = studio.decide("key_points", "edit", value=value, reviewer="王编辑")
        assert (refused.code, [mark["part"] for mark in refused.body["marks"]]) == ("BLOCK_MARKED", [1])
    seen = studio.decide("key_points", "edit", value=value, reviewer="王编辑", marks_seen=True).body
    assert (seen["state"], seen["marks"]) == ("accepted", [])
    assert studio.decide("key_points", "edit", value=value, reviewer="王编辑").status == 200, "seen once"
    assert [mark["part"] for mark in studio.decide("key_points", "reopen").body["marks"]] == [1]
    other = {**marked, "answer": "不同的话。"}
    assert studio.decide("key_points", "edit", value=[first, other], reviewer="王编辑").status == 200, (
        "its part is gone"
    )


def test_a_draft_needs_a_reviewer_and_what_a_person_writes_none(studio: Studio) -> None:
    studio.make()
    assert studio.decide("abstract", "accept").code == "REVIEWER_NEEDED"
    changed = "久期说的，是价格对利率有多敏感。"
    assert studio.decide("abstract", "edit", value=changed).code == "REVIEWER_NEEDED"
    edited = studio.decide("abstract", "edit", value=changed, reviewer="王编辑").body
    assert (edited["state"], edited["made_by"], edited["value"]) == ("accepted", "model-1", changed)
    assert studio.decide("abstract", "accept", reviewer="王编辑").code == "BLOCK_UNDECIDABLE"
    studio.begin()
    written = studio.decide("abstract", "edit", value="自己写的。").body
    assert (written["state"], written["made_by"], written["reviewer"]) == ("written", None, None)


@pytest.mark.parametrize("again", [False, True])
def test_dropping_a_draft_does_not_make_it_a_persons(studio: Studio, again: bool) -> None:
    studio.make()
    drafted_by_model = studio.block("abstract")["value"]
    studio.decide("abstract", "drop")
    if again:
        studio.draft_again("abstract")
    assert studio.decide("abstract", "edit", value=drafted_by_model).code == "REVIEWER_NEEDED"
    edited = studio.decide("abstract", "edit", value=drafted_by_model, reviewer="王编辑").body
    assert (edited["state"], edited["made_by"], edited["reviewer"]) == ("accepted", "model-1", "王编辑")


def test_what_a_person_wrote_in_place_of_a_draft_says_nothing(studio: Studio, world: World, reader: HttpApi) -> None:
    studio.make()
    draft = studio.block("abstract")["value"]
    own = studio.decide("abstract", "edit", value="本课用一个例子说明,借钱给别人要看哪些事。").body
    assert (own["state"], own["made_by"], own["reviewer"], own["edited"]) == ("written", None, None, True)
    assert studio.decide("abstract", "edit", value=f"一句自己的话。{draft}").code == "REVIEWER_NEEDED"
    partly = studio.decide("abstract", "edit", value=f"一句自己的话。{draft}", reviewer="王编辑").body
    assert (partly["state"], partly["edited"], partly["taken"]) == ("accepted", True, [draft.rstrip("。")])
    again = studio.decide("abstract", "edit", value=draft, reviewer="王编辑").body
    assert (again["state"], again["made_by"], again["edited"], again["taken"]) == ("accepted", "model-1", False, [])
    studio.decide("abstract", "edit", value=own["value"])
    studio.accept_all()
    assert studio.publish().status == 200
    assert "abstract" not in {noted["block"] for noted in page(reader)["provenance"]}
    subjects = [entry.value.reason for entry in world.store.query("AUDIT#2026-03", "", AuditRecord)]
    assert {"abstract edit written", "abstract edit accepted", "keywords accept accepted"} <= set(subjects)


@pytest.mark.parametrize(
    ("block", "value"),
    [
        ("abstract", "利率上升,债券的价格就下降。"),
        ("key_points", [{"question": "另一个问题?", "answer": "久期说的是价格对利率的敏感度,您说呢?"}]),
    ],
)
def test_what_a_machine_drafted_for_another_block_is_still_its(studio: Studio, block: str, value: Any) -> None:
    studio.make()
    assert studio.decide(block, "edit", value=value).code == "REVIEWER_NEEDED"
    assert studio.decide(block, "edit", value=value, reviewer="王编辑").body["made_by"] == "model-1"


def test_an_older_draft_is_still_a_machines(studio: Studio) -> None:
    studio.make()
    older = studio.block("abstract")["value"]
    studio.draft_again("abstract")
    chosen = "久期越长,下降得越多。"
    studio.summarise = lambda lecture, progress: replace(
        drafted(lecture, progress), made_by=EXTRACTIVE, abstract=chosen
    )
    studio.steps(run=2)
    assert studio.block("abstract")["value"] == chosen
    assert studio.decide("abstract", "edit", value=older).code == "REVIEWER_NEEDED"
    both = studio.decide("abstract", "edit", value=f"{older}{chosen}", reviewer="王编辑").body
    assert both["made_by"] == "model-1", "a model wrote some of it"
    assert studio.decide("abstract", "edit", value=chosen, reviewer="王编辑").body["made_by"] == EXTRACTIVE


def test_the_newest_draft_is_named_whichever_block_it_was_of(studio: Studio) -> None:
    studio.make()
    studio.summarise = lambda lecture, progress: replace(drafted(lecture, progress), made_by="model-2")
    studio.draft_again("abstract")
    studio.steps(run=2)
    both = [{"question": "讲了什么?", "answer": "今天讲债券的久期。久期说的是价格对利率的敏感度。"}]
    studio.decide("key_points", "drop")
    assert studio.decide("key_points", "edit", value=both, reviewer="王编辑").body["made_by"] == "model-2"


def test_a_mark_returns_with_its_words(studio: Studio) -> None:
    studio.make()
    [marked] = [{name: said for name, said in p.items() if said} for p in studio.block("key_points")["value"]]
    own = {"question": "借钱给谁?", "answer": "给还得起的人。"}
    assert studio.decide("key_points", "edit", value=[own]).body["marks"] == []
    refused = studio.decide("key_points", "edit", value=[own, marked], reviewer="王编辑")
    assert (refused.code, [mark["part"] for mark in refused.body["marks"]]) == ("BLOCK_MARKED", [1])
    other = {**marked, "answer": "年化8%的利率"}
    assert studio.decide("key_points", "edit", value=[other], reviewer="王编辑").body["state"] == "accepted"
    assert studio.decide("key_points", "edit", value=[marked], reviewer="王编辑").code == "BLOCK_MARKED"
    for same in ("年化9%的利率!", " 年化９%的利率", "年化9%,的\u200b利率"):
        value = [{**marked, "answer": same}]
        assert studio.decide("key_points", "edit", value=value, reviewer="王编辑").code == "BLOCK_MARKED"
    assert studio.decide("key_points", "edit", value=value, reviewer="王编辑", marks_seen=True).status == 200
    assert studio.decide("key_points", "edit", value=[marked], reviewer="王编辑").status == 200, "seen in these words"
    assert studio.decide("key_points", "edit", value=[other], reviewer="王编辑").status == 200
    assert studio.decide("key_points", "edit", value=[marked], reviewer="王编辑").code == "BLOCK_MARKED"


def test_what_was_said_stays_beside_its_part(studio: Studio) -> None:
    studio.make()
    first, second = studio.block("chapters")["value"]
    before, between = [{"at": at, "title": f"借钱{at[-1]}", "summary": "先想好谁来还。"} for at in ("00:01", "00:03")]
    value = [before, {**first, "at": "00:02"}, between, {**second, "title": "利率上升以后"}]
    edited = studio.decide("chapters", "edit", value=value, reviewer="王编辑").body
    assert {source["part"]: source["start_ms"] for source in edited["sources"]} == {1: 500, 3: 4_000}
    edited = studio.decide("chapters", "edit", value=value[2:], reviewer="王编辑").body
    assert {source["part"]: source["start_ms"] for source in edited["sources"]} == {1: 4_000}
    back = studio.decide("chapters", "edit", value=[first, second], reviewer="王编辑").body
    assert {source["part"]: source["start_ms"] for source in back["sources"]} == {0: 500, 1: 4_000}


def test_what_was_decided_can_be_opened_again(studio: Studio) -> None:
    studio.make()
    draft = studio.block("chapters")
    studio.decide("chapters", "drop")
    assert studio.block("chapters")["value"] == draft["value"]
    assert studio.decide("chapters", "reopen").body["state"] == "draft"
    studio.decide("chapters", "accept", reviewer="王编辑")
    opened = studio.decide("chapters", "reopen").body
    assert (opened["state"], opened["reviewer"], opened["value"]) == ("draft", None, draft["value"])


@pytest.mark.parametrize(
    ("block", "value"),
    [
        ("abstract", None),
        ("abstract", ""),
        ("abstract", ["债券"]),
        ("keywords", "债券"),
        ("keywords", ["债券", "债券"]),
        ("chapters", []),
        (
            "chapters",
            [{"at": "00:05", "title": "后", "summary": "后。"}, {"at": "00:01", "title": "前", "summary": "前。"}],
        ),
        ("mind_map", ["债券"]),
        ("questions", [{"text": "对吗?", "choices": ["对", "错"], "answer": "也许"}]),
    ],
)
def test_a_value_that_is_no_such_block_is_refused(studio: Studio, block: str, value: Any) -> None:
    studio.begin()
    answer = studio.decide(block, "edit", value=value)
    assert (answer.status, answer.code) == (422, "BLOCK_INVALID")
    assert answer.body["errors"]
    assert studio.block(block)["state"] == "empty"


def test_every_block_can_be_written_by_hand(studio: Studio) -> None:
    studio.begin()
    values: dict[str, Any] = {
        "keywords": ["债券"],
        "abstract": "一段。\n\n另一段。",
        "chapters": [{"at": "00:00", "title": "开始", "summary": "一句话。"}],
        "mind_map": {"text": "债券", "children": [{"text": "久期", "children": []}]},
        "key_points": [
            {"question": "什么?", "answer": "这个。", "at": "00:01"},
            {"question": "还有?", "answer": "没有。"},
        ],
        "questions": [{"text": "对吗?", "choices": ["对", "错"], "answer": "对"}],
    }
    for block, value in values.items():
        answer = studio.decide(block, "edit", value=value)
        assert answer.status == 200, answer.body
        shown = json.loads(json.dumps(answer.body["value"]).replace(', "at": null', ""))
        assert shown == value
    assert {block["state"] for block in studio.read()["blocks"]} == {"written"}


def test_of_two_editors_of_a_block_the_second_is_told(studio: Studio) -> None:
    studio.make()
    seen = studio.block("abstract")["revision"]
    assert studio.decide("abstract", "accept", reviewer="王编辑", revision=seen).status == 200
    late = studio.decide("abstract", "drop", COLLEAGUE, revision=seen)
    assert (late.status, late.code, late.body["revision"]) == (409, "PRODUCTION_CHANGED", seen + 1)
    # Another block is another's to decide on.
    assert studio.decide("keywords", "drop", COLLEAGUE).status == 200


def test_one_block_is_drafted_again_and_no_other(studio: Studio, world: World) -> None:
    studio.make()
    studio.decide("keywords", "accept", reviewer="王编辑")
    assert studio.draft_again("keywords").code == "BLOCK_WRITTEN"
    studio.decide("abstract", "drop")
    asked = studio.draft_again("abstract")
    assert (asked.status, asked.body["state"]) == (200, "running")
    assert studio.draft_again("abstract").status == 200, "the machine may not know of it yet"
    assert studio.draft_again("chapters").code == "PRODUCTION_RUNNING"
    studio.summarise = lambda lecture, progress: replace(drafted(lecture, progress), made_by="model-2")
    studio.steps(run=2)
    made = {block["block"]: (block["state"], block["made_by"]) for block in studio.read()["blocks"]}
    assert made["abstract"] == ("draft", "model-2")
    assert made["keywords"] == ("accepted", "model-1")
    assert made["chapters"] == ("draft", "model-1")
    assert list(world.machine.begun) == [f"{studio.production_id}-1", f"{studio.production_id}-2"]


# Preview and publication


def bring_another(studio: Studio) -> None:
    """Brings another recording in place of the one that is there."""
    [recording] = [file for file in studio.read()["files"] if file["role"] == "recording"]
    studio.send("DELETE", f"/files/{recording['file_id']}")
    studio.bring("recording", "other.mp4", RECORDING + b"1")


def edited(studio: Studio) -> Any:
    """The draft of the abstract, changed by a person and opened again."""
    value = "久期说的是,价格对利率的敏感度。还有一句自己的话。"
    assert studio.decide("abstract", "edit", value=value, reviewer="王编辑").status == 200
    opened = studio.decide("abstract", "reopen").body
    assert (opened["state"], opened["edited"], opened["made_by"]) == ("draft", True, "model-1")
    return opened


def test_a_whole_run_takes_the_place_of_nothing_that_a_person_wrote(studio: Studio) -> None:
    studio.make()
    value = edited(studio)["value"]
    studio.decide("keywords", "accept", reviewer="王编辑")
    studio.decide("keywords", "reopen")
    studio.summarise = lambda lecture, progress: replace(drafted(lecture, progress), made_by="model-2")
    studio.start()
    studio.steps(run=2)
    made = {block["block"]: (block["made_by"], block["value"]) for block in studio.read()["blocks"]}
    assert made["abstract"] == ("model-1", value)
    assert made["keywords"] == ("model-2", ["久期", "债券"])
    assert made["chapters"][0] == "model-2"
    fewer = studio.decide("keywords", "edit", value=["久期"], reviewer="王编辑").body
    assert fewer["made_by"] == "model-2", "the newest of two that drafted the same"


def test_another_draft_takes_the_place_of_what_it_was_asked_for_in_place_of(studio: Studio) -> None:
    studio.make()
    opened = edited(studio)
    late = studio.draft_again("abstract", revision=opened["revision"] - 1)
    assert (late.code, late.body["revision"]) == ("PRODUCTION_CHANGED", opened["revision"])
    assert studio.draft_again("abstract").status == 200
    assert studio.block("abstract")["value"] == opened["value"], "until the draft is there"
    studio.steps(run=2)
    assert (studio.block("abstract")["edited"], studio.block("abstract")["value"]) == (
        False, "久期说的是价格对利率的敏感度。",
    )  # fmt: skip


@pytest.mark.parametrize("decided", ["accept", "edit and reopen", "edit, own"])
def test_what_a_person_does_while_their_block_is_drafted_stays(studio: Studio, decided: str) -> None:
    studio.make()
    edited(studio)
    studio.draft_again("abstract")
    if decided == "accept":
        studio.decide("abstract", "accept", reviewer="王编辑")
    elif decided == "edit, own":
        studio.decide("abstract", "edit", value="借钱给谁?")
    else:
        studio.decide("abstract", "edit", value="价格对利率的敏感度,就是久期。", reviewer="王编辑")
        studio.decide("abstract", "reopen")
    before = studio.block("abstract")
    studio.steps(run=2)
    assert studio.read()["steps"][4]["state"] == "done"
    assert studio.block("abstract") == before


def test_a_dropped_text_is_there_until_another_draft_is(studio: Studio) -> None:
    studio.make()
    studio.decide("abstract", "edit", value="借钱给谁?")
    studio.decide("abstract", "drop")
    assert studio.draft_again("abstract").status == 200
    assert (studio.block("abstract")["state"], studio.block("abstract")["value"]) == ("dropped", "借钱给谁?")
    studio.steps(run=2)
    assert (studio.block("abstract")["state"], studio.block("abstract")["made_by"]) == ("draft", "model-1")


def test_with_another_recording_a_person_s_text_stays_and_nothing_is_said_there(studio: Studio) -> None:
    studio.make()
    first, second = studio.block("chapters")["value"]
    value = [{**first, "summary": "今天讲债券的久期,先看看。"}, second]
    studio.decide("chapters", "edit", value=value, reviewer="王编辑")
    [point] = studio.block("key_points")["value"]
    kept = {**point, "question": "另外一问?"}
    studio.decide("key_points", "edit", value=[kept, point], reviewer="王编辑", marks_seen=True)
    bring_another(studio)
    chapters, points = studio.block("chapters"), studio.block("key_points")
    assert (chapters["state"], chapters["value"], chapters["sources"]) == ("draft", value, [])
    assert [mark["part"] for mark in points["marks"]] == [1], "looked at again"
    again = studio.decide("chapters", "edit", value=[second], reviewer="王编辑").body
    assert again["sources"] == [], "it was said in the recording before"
    studio.decide("chapters", "reopen")
    studio.start()
    studio.steps(run=2)
    assert studio.block("chapters")["value"] == [second]
    assert studio.block("mind_map")["state"] == "draft"


def test_what_was_published_as_a_machines_is_its_draft(studio: Studio, world: World) -> None:
    reviewed = {"made_by": "model-0", "reviewed_by": "王编辑", "reviewed_on": "2026-03-01"}
    package = world.package()
    world.upload(package)
    world.publish(package, expected=0, provenance={"abstract": reviewed})
    begun = studio.begin(from_course=True)
    [abstract] = [block for block in begun["blocks"] if block["block"] == "abstract"]
    assert (abstract["state"], abstract["made_by"], abstract["edited"]) == ("accepted", "model-0", False)
    text = abstract["value"]
    assert studio.decide("abstract", "edit", value="借钱给谁?").body["state"] == "written"
    assert studio.decide("abstract", "edit", value=f"{text} 又一句。").code == "REVIEWER_NEEDED"
    back = studio.decide("abstract", "edit", value=text, reviewer="王编辑").body
    assert (back["state"], back["made_by"]) == ("accepted", "model-0")


def test_the_preview_is_the_page_with_what_is_decided(studio: Studio, reader: HttpApi) -> None:
    studio.make()
    studio.bring("cover", "cover.jpg", b"\xff\xd8\xff picture")
    studio.bring("handout", "讲义.pdf", PDF)
    studio.decide("abstract", "accept", reviewer="王编辑")
    shown = studio.send("GET", "/preview").body
    assert (shown["page"]["abstract"], shown["page"]["chapters"]) == ("久期说的是价格对利率的敏感度。", [])
    assert [p["block"] for p in shown["page"]["provenance"]] == ["abstract"]
    assert shown["preview_url"].endswith("/preview.mp4")
    assert shown["cover_url"].endswith(".jpg")
    studio.accept_all()
    shown = studio.send("GET", "/preview").body["page"]
    studio.publish()
    published = page(reader)
    assert {**shown, "published_at": None} == {**published, "published_at": None}
    assert [handout["name"] for handout in published["media"]["handouts"]] == ["讲义.pdf"]
    assert published["cover"]


def test_there_is_no_preview_without_media_or_facts(studio: Studio) -> None:
    studio.begin()
    answer = studio.send("GET", "/preview")
    assert (answer.status, answer.code) == (422, "PRODUCTION_NOT_READY")
    assert {"media", "facts/hours"} <= {error["part"] for error in answer.body["errors"]}


def test_what_is_not_ready_is_not_published(studio: Studio, world: World) -> None:
    studio.make()
    studio.write_facts(hours=None)
    answer = studio.publish()
    assert (answer.status, answer.code) == (422, "PRODUCTION_NOT_READY")
    assert answer.body["errors"] == studio.read()["missing"]
    assert {"facts/hours", "abstract"} <= {error["part"] for error in answer.body["errors"]}
    assert not world.store.outbox
    assert not [key for key in world.bucket.files if key.startswith("media/")]


def test_times_beyond_the_end_are_told_as_soon_as_the_end_is_known(studio: Studio) -> None:
    late = [{"at": f"00:{second:02d}", "title": f"第{second}", "summary": "一句。"} for second in range(14)]
    studio.begin()
    studio.decide("chapters", "edit", value=late)
    studio.decide("key_points", "edit", value=[{"question": "何时?", "answer": "不知道。"}])
    assert not told(studio, "chapters")
    studio.bring("recording", "talk.mp4", RECORDING)
    studio.bring("captions", "talk.vtt", CAPTIONS.encode())
    studio.start()
    studio.steps()
    assert told(studio, "chapters") == [
        "第 9、10、11、12、13、14 项晚于视频结束（00:07）：请改正时间",
    ]
    assert len(studio.read()["missing"]) > 1, "told beside all else"
    studio.decide("chapters", "edit", value=late[:8])
    assert not told(studio, "chapters")
    point = {"question": "何时?", "answer": "不知道。", "at": "01:00"}
    studio.decide("key_points", "edit", value=[point])
    [said] = [lack["message_en"] for lack in studio.read()["missing"] if lack["part"] == "key_points"]
    assert said == "entry 1: after the lecture's end (00:07); correct the time"
    bring_another(studio)
    assert not told(studio, "key_points"), "nobody knows how long this one is"


def told(studio: Studio, part: str) -> list[str]:
    """What is said to be missing of a part."""
    return [lack["message"] for lack in studio.read()["missing"] if lack["part"] == part]


def test_what_is_wrong_with_the_whole_is_told_before_it_is_published(studio: Studio) -> None:
    studio.make()
    studio.accept_all()
    late = [{"at": "00:30", "title": "太晚", "summary": "一句。"}]
    studio.decide("chapters", "edit", value=late, reviewer="王编辑")
    [lack] = studio.read()["missing"]
    assert lack["part"] == "chapters"
    assert studio.publish().body["errors"] == [lack]
    studio.decide("chapters", "edit", value=[{**late[0], "at": "00:00"}], reviewer="王编辑")
    for _ in range(2):
        studio.bring("handout", "讲义.pdf", PDF)
    assert [found["part"] for found in studio.read()["missing"]] == ["files"]


def test_hours_that_hardly_fit_the_length_are_told_and_keep_nothing_back(studio: Studio) -> None:
    studio.make()
    [doubt] = studio.read()["doubts"]
    assert doubt["part"] == "facts/hours"
    assert "1.5 学时按每学时 50 分钟计为 75 分钟，而课程长 00:07" in doubt["message"]
    assert "1.5 hours are 75 minutes at 50 each, but the lecture lasts 00:07" in doubt["message_en"]
    known = next(file for file in studio.read()["files"] if file["role"] == "recording")
    studio.send("DELETE", f"/files/{known['file_id']}")
    studio.bring("recording", "other.mp4", RECORDING)
    assert studio.read()["doubts"] == [], "of another recording nothing is known yet"
    studio.start()
    studio.steps(run=2)
    studio.accept_all()
    assert studio.read()["missing"] == []
    studio.write_facts(hours="99")
    assert studio.read()["doubts"] == []
    studio.write_facts()
    published = studio.publish().body
    assert (published["state"], published["doubts"]) == ("published", [])


def test_a_transcript_that_was_corrected_after_the_drafts_is_told(studio: Studio, world: World) -> None:
    studio.make()
    revision = studio.send("GET", "/transcript").body["revision"]
    world.clock.advance(60)
    corrected = {"revision": revision, "corrections": [{"number": 1, "text": "今天讲股票的久期。"}]}
    assert studio.send("PUT", "/transcript", corrected).status == 200
    assert [doubt["part"] for doubt in studio.read()["doubts"]] == ["facts/hours", "keywords"]
    world.clock.advance(60)
    studio.draft_again("keywords")
    studio.steps(run=2)
    told = studio.read()["doubts"]
    assert told[1]["part"] == "abstract"
    assert "起草之后修改过文稿" in told[1]["message"]
    studio.accept_all()
    assert studio.read()["doubts"] == told, "who accepts them has not had them changed"
    for block in ("abstract", "chapters", "mind_map", "key_points", "questions"):
        studio.decide(block, "drop")
    assert [doubt["part"] for doubt in studio.read()["doubts"]] == ["facts/hours"]


def test_texts_that_are_too_long_together_are_told(studio: Studio) -> None:
    studio.make()
    studio.accept_all()
    points = [{"question": f"{number}?", "answer": "长" * 4_000} for number in range(30)]
    refused = studio.decide("key_points", "edit", value=points, reviewer="王编辑")
    assert (refused.code, refused.body["errors"][0]["message_en"]) == ("BLOCK_INVALID", "a block has at most 192 KB")
    chapters = [{"at": f"00:0{number}", "title": "一", "summary": "长" * 4_000} for number in range(7)]
    for block, value in (("key_points", points[:16]), ("chapters", chapters)):
        assert studio.decide(block, "edit", value=value, reviewer="王编辑").status == 200
    assert [found["message_en"] for found in studio.read()["missing"]] == ["all texts together: at most 256 KB"]


def test_publication_may_be_repeated(studio: Studio, world: World) -> None:
    studio.make()
    studio.accept_all()
    first = studio.publish().body
    again = studio.publish()
    assert (again.status, again.body) == (200, first)
    assert len(world.store.outbox) == 1
    assert studio.decide("abstract", "reopen").code == "PRODUCTION_CLOSED"
    assert studio.send("POST", "/cancellation", {"reason": "late"}).code == "PRODUCTION_CLOSED"


def test_a_production_that_runs_is_not_published(studio: Studio) -> None:
    studio.make()
    studio.accept_all()
    studio.start(**{"from": "summarise"})
    assert studio.publish().code == "PRODUCTION_RUNNING"


@pytest.mark.parametrize(
    ("method", "place", "body"),
    [
        ("PUT", "/blocks/questions", {"revision": 2, "decision": "drop"}),
        ("PUT", "/transcript", {"revision": 1, "corrections": [{"number": 1, "text": "今天讲股票的久期。"}]}),
    ],
)
def test_what_another_editor_does_meanwhile_is_not_overlooked(
    studio: Studio, world: World, monkeypatch: pytest.MonkeyPatch, method: str, place: str, body: dict[str, Any]
) -> None:
    studio.make()
    studio.accept_all()
    copy = publish_production._copy  # noqa: SLF001 (between reading and committing)

    def copy_slowly(*given: Any) -> None:
        copy(*given)
        monkeypatch.undo()
        assert studio.send(method, place, body, COLLEAGUE).status == 200

    monkeypatch.setattr(publish_production, "_copy", copy_slowly)
    answer = studio.publish()
    assert (answer.status, answer.code) == (409, "PRODUCTION_CHANGED")
    assert not world.store.outbox
    assert studio.publish().body["state"] == "published"


def test_copying_goes_on_where_a_call_ended(studio: Studio, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.make()
    studio.accept_all()
    monkeypatch.setattr(publish_production, "BATCH", 2)
    publish = world.production_files.publish

    def publish_slowly(key: str, place: str, disposition: str | None = None) -> None:
        publish(key, place, disposition)
        world.clock.advance(7_000)

    monkeypatch.setattr(world.production_files, "publish", publish_slowly)
    first = studio.publish()
    assert (first.status, first.code, first.headers["Retry-After"]) == (409, "MEDIA_BEING_COPIED", "1")
    assert (first.body["copied"], first.body["files"]) == (2, 5)
    assert not world.store.outbox
    assert studio.publish().code == "MEDIA_BEING_COPIED"
    assert studio.publish().body["state"] == "published"


@pytest.mark.parametrize("lost", ["made/files-", "/a.m4s", "made/transcript-"])
def test_what_is_no_longer_kept_is_not_published(studio: Studio, world: World, lost: str) -> None:
    studio.make()
    studio.accept_all()
    for key in [key for key in world.bucket.files if lost in key]:
        del world.bucket.files[key]
    answer = studio.publish()
    assert (answer.status, answer.code) == (409, "PRODUCTION_EXPIRED")
    assert not world.store.outbox
    assert studio.read()["state"] == "reviewing"


def test_a_published_course_is_produced_anew_from_what_it_says(studio: Studio, world: World, reader: HttpApi) -> None:
    package = world.package()
    world.upload(package)
    world.publish(package, expected=0)
    before = page(reader)
    begun = studio.begin(from_course=True, title=None)
    assert (begun["base_publication"], begun["title"], begun["kept_ms"]) == (1, "债券入门", 7_500)
    assert [step["state"] for step in begun["steps"]] == ["skipped", "skipped", "waiting", "waiting", "waiting"]
    # No other recording is needed.
    assert "视频尚未处理好：请开始处理" in {lack["message"] for lack in begun["missing"]}
    assert {block["block"]: block["state"] for block in begun["blocks"]} == {
        "keywords": "written", "abstract": "written", "chapters": "written", "mind_map": "written",
        "key_points": "written", "questions": "empty",
    }  # fmt: skip
    assert [(file["role"], file["name"], file["state"]) for file in begun["files"]] == [("captions", "zh.vtt", "here")]
    studio.start()
    studio.steps()
    made = studio.read()
    assert (made["state"], made["media"]["poster_url"]) == ("reviewing", None)
    studio.decide("abstract", "edit", value="改过的。")
    assert studio.decide("questions", "drop").status == 200
    assert studio.publish().status == 200
    after = page(reader)
    assert (after["publication"], after["abstract"]) == (2, "改过的。")
    assert after["media"]["content_version"] == before["media"]["content_version"], "who is under way goes on"
    assert after["key_points"] == before["key_points"]


def test_a_course_that_says_all_of_it_already_has_no_new_publication(studio: Studio, world: World) -> None:
    studio.make()
    studio.accept_all()
    assert studio.publish().body["published"]["changed"] is True
    studio.begin(from_course=True)
    studio.start()
    studio.steps()
    published = studio.publish().body
    assert published["published"]["publication"] == 1
    assert (published["state"], published["published"]["changed"]) == ("published", False)
    assert len(world.store.outbox) == 1


def publish_a_package(world: World, **changes: Any) -> None:
    """A course is published."""
    package = world.package(**changes)
    world.upload(package)
    world.publish(package, expected=0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_captions_of_every_language_stay_what_they_are(
    studio: Studio, world: World, reader: HttpApi, language: str
) -> None:
    english = "WEBVTT\n\ns1-1\n00:00:00.500 --> 00:00:02.000\nToday: duration.\n"
    publish_a_package(world, captions__en_vtt=english)
    before = {caption["language"]: caption["path"] for caption in page(reader)["media"]["captions"]}
    assert set(before) == {"zh", "en"}
    begun = studio.begin(from_course=True, language=language)
    other = {"zh": "en", "en": "zh"}[language]
    assert {file["role"]: file["name"] for file in begun["files"]} == {
        "captions": f"{language}.vtt",
        "translation": f"{other}.vtt",
    }
    studio.start()
    studio.steps()
    studio.write_facts(watch={"max_rate": "1.5"})
    studio.decide("questions", "drop")
    assert studio.publish().status == 200
    after = {caption["language"]: caption["path"].removeprefix("/") for caption in page(reader)["media"]["captions"]}
    assert set(after) == {"zh", "en"}
    assert "Today: duration." in world.bucket.files[after["en"]].decode()
    assert "Today" not in world.bucket.files[after["zh"]].decode()
    assert after["en"] not in before.values(), "copied with the rest"


ENGLISH = (
    "1\n00:00:00,500 --> 00:00:02,000\nToday: the\nduration\n\n"
    "2\n00:00:02,000 --> 00:00:04,000\nof bonds. It measures\n\n"
    "3\n00:00:04,000 --> 00:00:07,400\nhow prices react.\n"
)


def captions_of(world: World, shown: Any) -> dict[str, str]:
    """What a page's captions say, by their language."""
    tracks = {caption["language"]: caption["path"].removeprefix("/") for caption in shown["media"]["captions"]}
    return {language: world.bucket.files[path].decode() for language, path in tracks.items()}


def test_captions_in_the_other_language_are_brought_beside(studio: Studio, world: World, reader: HttpApi) -> None:
    studio.make()
    brought = studio.bring("translation", "en.srt", ENGLISH.encode())
    assert (brought["state"], studio.read()["steps"][3]["state"]) == ("here", "done")
    shown = studio.send("GET", "/preview").body["page"]["media"]["captions"]
    assert [caption["language"] for caption in shown] == ["zh", "en"]
    studio.accept_all()
    assert studio.publish().status == 200
    said = captions_of(world, page(reader))
    assert list(said) == ["zh", "en"]
    assert said["en"] == (
        "WEBVTT\n\ns1-1\n00:00:00.500 --> 00:00:02.000\nToday: the\nduration\n\n"
        "s1-2,8,18\n00:00:02.000 --> 00:00:04.000\nof bonds. It measures\n\n"
        "s2-2\n00:00:04.000 --> 00:00:07.400\nhow prices react.\n"
    )
    begun = studio.begin(from_course=True)
    kept = next(file for file in begun["files"] if file["role"] == "translation")
    assert (kept["name"], kept["state"]) == ("en.vtt", "here")
    studio.start()
    studio.steps()
    studio.decide("abstract", "edit", value="改过的。", reviewer="王编辑")
    assert studio.publish().status == 200
    assert captions_of(world, page(reader)) == said, "nobody corrected them"
    begun = studio.begin(from_course=True)
    studio.send("DELETE", f"/files/{next(f['file_id'] for f in begun['files'] if f['role'] == 'translation')}")
    studio.start()
    studio.steps()
    assert studio.publish().status == 200
    assert list(captions_of(world, page(reader))) == ["zh"]


def test_a_translation_that_goes_on_after_the_lecture_is_told(studio: Studio) -> None:
    studio.make()
    studio.accept_all()
    studio.bring("translation", "en.srt", ENGLISH.replace("00:00:07,400", "00:00:09,000").encode())
    assert studio.read()["missing"] == [], "it is shown up to the lecture's end"
    known = next(file for file in studio.read()["files"] if file["role"] == "translation")
    studio.send("DELETE", f"/files/{known['file_id']}")
    studio.bring("translation", "en.srt", (ENGLISH + "\n4\n00:00:08,000 --> 00:00:09,000\nBye.\n").encode())
    [lack] = studio.read()["missing"]
    assert (lack["part"], "starts at 00:08" in lack["message_en"]) == ("files", True)
    assert studio.publish().code == "PRODUCTION_NOT_READY"


def test_another_recording_is_not_measured_by_the_published_one(studio: Studio) -> None:
    studio.make()
    studio.accept_all()
    assert studio.publish().status == 200
    studio.begin(from_course=True)
    studio.start()
    studio.steps()
    late = ENGLISH + "\n4\n00:00:08,000 --> 00:00:09,000\nBye.\n"
    studio.bring("translation", "en.srt", late.encode())
    told = studio.read()
    assert ([lack["part"] for lack in told["missing"]], len(told["doubts"])) == (["files"], 1)
    studio.bring("recording", "longer.mp4", RECORDING)
    told = studio.read()
    assert "files" not in [lack["part"] for lack in told["missing"]]
    assert told["doubts"] == []


def test_what_of_captions_is_to_be_mended_is_told_as_they_come(studio: Studio) -> None:
    studio.begin()
    cues = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n - 1},000\n第{n}条\n\n" for n in range(1, 8))
    refused = studio.bring("captions", "zh.srt", (cues + "没有时间\n").encode())
    assert (refused["state"], refused["problem"]["code"]) == ("refused", "CAPTIONS_FAULTY")
    told = refused["problem"]["message_en"].split("; ")
    assert told[0] == "line 2: a cue must end after it starts"
    assert told[5].startswith("3 more. Mend the captions")
    studio.send("DELETE", f"/files/{refused['file_id']}")
    both = "1\n00:00:01,000 --> 00:00:03,000\n一\n\n2\n00:00:02,000 --> 00:00:04,000\n二\n"
    taken = studio.bring("captions", "zh.srt", both.encode())
    assert (taken["state"], taken["problem"]["code"]) == ("here", "CAPTIONS_OVERLAP")
    assert taken["problem"]["message_en"].startswith("line 6: it begins while the caption before is still shown")
    assert "files" not in {lack["part"] for lack in studio.read()["missing"]}


def test_what_nobody_corrected_is_published_as_its_editor_timed_it(
    studio: Studio, world: World, reader: HttpApi
) -> None:
    studio.make(
        "1\n00:00:00,500 --> 00:00:02,000\n今天讲债券的\n久期。久期\n\n"
        "2\n00:00:01,900 --> 00:00:04,000\n说的是敏感度。\n\n3\n00:00:04,000 --> 00:00:09,000\n谢谢　大家。\n再见。\n"
    )
    transcript = studio.send("GET", "/transcript").body
    said = [sentence["text"] for sentence in transcript["sentences"]]
    assert said == ["今天讲债券的久期。", "久期说的是敏感度。", "谢谢 大家。", "再见。"]
    correction = {"number": 2, "text": "久期说的是价格的敏感度。"}
    studio.send("PUT", "/transcript", {"revision": transcript["revision"], "corrections": [correction]})
    studio.accept_all()
    assert studio.publish().status == 200
    shown = captions_of(world, page(reader))
    assert shown == {
        "zh": "WEBVTT\n\ns1-1,9,11\n00:00:00.500 --> 00:00:02.000\n今天讲债券的\n久期。久期\n\n"
        "s2-2\n00:00:01.900 --> 00:00:04.000\n说的是价格的敏感度。\n\n"
        "s3-1,5,8\n00:00:04.000 --> 00:00:07.500\n谢谢　大家。\n再见。\n"
    }
    studio.begin(from_course=True)
    studio.start()
    studio.steps()
    again = studio.send("GET", "/transcript").body["sentences"]
    assert [sentence["text"] for sentence in again] == [said[0], correction["text"], *said[2:]]
    studio.decide("abstract", "edit", value="改过的。", reviewer="王编辑")
    assert studio.publish().status == 200
    assert captions_of(world, page(reader)) == shown


def test_media_that_are_kept_stay_so_whatever_is_run(studio: Studio, world: World) -> None:
    publish_a_package(world)
    studio.begin(from_course=True)
    studio.start()
    studio.steps()
    for run, first in enumerate(("probe", "encode"), start=2):
        assert studio.start(**{"from": first}).status == 200
        studio.steps(run)
        assert [step["state"] for step in studio.read()["steps"]] == ["skipped", "skipped", "done", "done", "done"]
    slides = studio.bring("slides", "s.pdf", PDF)
    studio.send("DELETE", f"/files/{slides['file_id']}")
    assert studio.read()["state"] == "reviewing", "nothing shows slides"


def test_who_watches_the_version_before_has_captions_that_were_corrected_since(
    studio: Studio, world: World, reader: HttpApi
) -> None:
    publish_a_package(world)
    before = page(reader)["media"]["path"].rpartition("/")[0]
    studio.begin(from_course=True)
    studio.start()
    studio.steps()
    revision = studio.send("GET", "/transcript").body["revision"]
    studio.send("PUT", "/transcript", {"revision": revision, "corrections": [{"number": 1, "text": "改过的一句。"}]})
    studio.decide("questions", "drop")
    facts = studio.read()["facts"]
    changed = {**facts["facts"], "watch": {"max_rate": "1.2"}}
    assert studio.send("PUT", "/facts", {"revision": facts["revision"], "facts": changed}).status == 200
    assert studio.publish().body["state"] == "published"
    media = page(reader)["media"]
    folder = media["path"].rpartition("/")[0]
    assert folder != before
    for caption in media["captions"]:
        newest, older = (f"{place}/{caption['path'].removeprefix(folder)[1:]}"[1:] for place in (folder, before))
        assert world.bucket.files[older] == world.bucket.files[newest]


def test_a_recording_that_is_taken_back_leaves_the_media_that_are_published(studio: Studio, world: World) -> None:
    publish_a_package(world)
    studio.begin(from_course=True)
    recording = studio.bring("recording", "talk.mp4", RECORDING)
    studio.start()
    studio.steps()
    assert studio.read()["media"]["poster_url"]
    assert studio.read()["kept_ms"] is None
    studio.send("DELETE", f"/files/{recording['file_id']}")
    stands = studio.read()
    assert stands["kept_ms"] == 7_500
    assert [step["state"] for step in stands["steps"]] == ["skipped", "skipped", "waiting", "waiting", "waiting"]
    assert "media" in {lack["part"] for lack in stands["missing"]}
    assert studio.start().status == 200
    studio.steps(run=2)
    assert (studio.read()["state"], studio.read()["media"]["poster_url"]) == ("reviewing", None)


@pytest.mark.parametrize(("role", "name", "content"), [("slides", "s.pdf", PDF), ("cover", "c.jpg", b"\xff\xd8\xff 1")])
@pytest.mark.parametrize("width", [None, 1280])
def test_a_picture_is_made_anew_where_the_recording_has_none(
    studio: Studio, width: int | None, role: str, name: str, content: bytes
) -> None:
    studio.tool.found = Probe(7_500, width, width and 720, width and 25.0, has_sound=True)
    studio.make()
    studio.bring(role, name, content)
    assert studio.read()["steps"][1]["state"] == ("waiting" if width is None else "done")


def test_what_lies_beside_a_published_lecture_is_taken_over(studio: Studio, world: World, reader: HttpApi) -> None:
    package = world.package(handouts__讲义_pdf=PDF, cover_jpg=b"\xff\xd8\xff 1", portraits__甲_jpg=b"\xff\xd8\xff 2")
    world.upload(package)
    world.publish(package, expected=0)
    before, held = page(reader), set(world.bucket.files)
    begun = studio.begin(from_course=True)
    assert {(file["role"], file["name"]) for file in begun["files"]} == {
        ("captions", "zh.vtt"), ("handout", "讲义.pdf"), ("cover", "cover.jpg"), ("portrait", "甲.jpg"),
    }  # fmt: skip
    studio.start()
    studio.steps()
    shown = studio.send("GET", "/preview").body
    assert shown["cover_url"].endswith(before["cover"])
    assert shown["page"]["learners"] == 0
    cover = next(file for file in begun["files"] if file["role"] == "cover")
    studio.send("DELETE", f"/files/{cover['file_id']}")
    studio.decide("questions", "drop")
    assert studio.publish().status == 200
    after = page(reader)
    assert held <= set(world.bucket.files), "what is published stays for who has it"
    assert after["cover"] is None
    assert after["instructors"] == before["instructors"]
    assert after["media"]["handouts"] == before["media"]["handouts"]


PORTRAIT, ANOTHER = b"\xff\xd8\xff one", b"\x89PNG\r\n\x1a\n another"
LIN, ZHOU = ({"name": name, "title": "讲师", "bio": "讲债券。"} for name in ("林知远", "周行"))


def portraits(shown: Any) -> dict[str, str | None]:
    """Of a page: each instructor's picture."""
    return {instructor["name"]: instructor["portrait"] for instructor in shown["instructors"]}


def test_portraits_are_brought_for_each_instructor(studio: Studio, world: World, reader: HttpApi) -> None:
    studio.make()
    studio.write_facts(instructors=[LIN, ZHOU])
    studio.start()
    studio.steps(run=2)
    brought = studio.bring("portrait", "face.jpg", PORTRAIT, instructor="林知远")
    assert (brought["state"], brought["instructor"]) == ("here", "林知远")
    assert brought["picture_url"].endswith(f"{brought['file_id']}.jpg")
    assert studio.read()["steps"][-1]["state"] == "done", "no step rests on it"
    assert studio.announce("portrait", "b.png", 9, instructor="林知远").body["errors"][0]["code"] == "FILE_TOO_MANY"
    studio.bring("portrait", "b.png", ANOTHER, instructor="周行")
    preview = studio.send("GET", "/preview").body
    assert set(preview["portraits"]) == {"林知远", "周行"}
    assert preview["portraits"]["林知远"] == brought["picture_url"]
    studio.accept_all()
    assert studio.publish().status == 200
    shown = portraits(page(reader))
    assert shown == portraits(preview["page"])
    assert [world.bucket.files[str(path).removeprefix("/")] for path in shown.values()] == [PORTRAIT, ANOTHER]


@pytest.mark.parametrize("instructor", [None, "没有这位"])
def test_a_portrait_is_of_somebody_who_instructs(studio: Studio, instructor: str | None) -> None:
    studio.begin()
    studio.write_facts()
    refused = studio.announce("portrait", "face.jpg", 9, instructor=instructor)
    assert (refused.code, refused.body["errors"][0]["code"]) == ("FILE_REFUSED", "FILE_OF_NOBODY")


@pytest.mark.parametrize("role", ["recording", "captions", "cover"])
def test_attack_a_second_file_of_a_role_by_naming_somebody(studio: Studio, role: str) -> None:
    studio.begin()
    studio.write_facts(instructors=[LIN])
    name = {"recording": "lecture.mp4", "captions": "zh.srt", "cover": "cover.png"}[role]
    assert studio.announce(role, name, 9).status == 200
    refused = studio.announce(role, name, 9, instructor="林知远")
    assert (refused.code, refused.body["errors"][0]["code"]) == ("FILE_REFUSED", "FILE_OF_NOBODY")


def test_a_portrait_of_whoever_was_named_otherwise_is_told_and_not_published(studio: Studio, reader: HttpApi) -> None:
    studio.make()
    studio.accept_all()
    brought = studio.bring("portrait", "face.jpg", PORTRAIT, instructor="林知远")
    studio.write_facts(instructors=[ZHOU])
    [lack] = studio.read()["missing"]
    assert (lack["part"], "林知远" in lack["message"], "林知远" in lack["message_en"]) == (
        "facts/instructors", True, True,
    )  # fmt: skip
    assert portraits(studio.send("GET", "/preview").body["page"]) == {"周行": None}
    assert studio.publish().code == "PRODUCTION_NOT_READY"
    studio.write_facts(instructors=[ZHOU, LIN])
    assert studio.read()["missing"] == []
    studio.write_facts(instructors=[ZHOU])
    studio.send("DELETE", f"/files/{brought['file_id']}")
    assert studio.publish().status == 200
    assert portraits(page(reader)) == {"周行": None}


def test_two_who_are_called_alike_share_a_portrait(studio: Studio, reader: HttpApi) -> None:
    studio.make()
    studio.write_facts(instructors=[LIN, {**LIN, "title": "教授"}])
    studio.bring("portrait", "face.jpg", PORTRAIT, instructor="林知远")
    studio.accept_all()
    assert studio.publish().status == 200
    first, second = page(reader)["instructors"]
    assert first["portrait"] == second["portrait"] is not None


def test_portraits_that_are_published_are_kept_replaced_and_removed(
    studio: Studio, world: World, reader: HttpApi
) -> None:
    publish_a_package(world, portraits__甲_jpg=PORTRAIT)
    kept = page(reader)["instructors"]
    for content in (ANOTHER, None):
        begun = studio.begin(from_course=True)
        [before] = [file for file in begun["files"] if file["role"] == "portrait"]
        assert (before["instructor"], before["picture_url"].endswith(portraits(page(reader))["甲"])) == ("甲", True)
        studio.send("DELETE", f"/files/{before['file_id']}")
        if content:
            studio.bring("portrait", "b.png", content, instructor="甲")
        studio.start()
        studio.steps()
        studio.decide("questions", "drop")
        assert studio.publish().status == 200
        path = portraits(page(reader))["甲"]
        assert (path and world.bucket.files[path.removeprefix("/")]) == content
    assert kept[0]["portrait"].removeprefix("/") in world.bucket.files, "as it was, for who has it open"


def test_two_who_publish_at_once_publish_once(studio: Studio, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.make()
    studio.accept_all()
    copy = publish_production._copy  # noqa: SLF001 (between reading and committing)

    def copy_slowly(*given: Any) -> None:
        copy(*given)
        monkeypatch.undo()
        assert studio.publish().status == 200

    monkeypatch.setattr(publish_production, "_copy", copy_slowly)
    assert studio.publish().body["published"]["publication"] == 1
    assert len(world.store.outbox) == 1


def test_whoever_publishes_meanwhile_is_noticed(studio: Studio, world: World) -> None:
    studio.make()
    studio.accept_all()
    package = world.package()
    world.upload(package)
    world.publish(package, expected=0)
    late = studio.publish()
    assert (late.status, late.code, late.body["publication"]) == (409, "PUBLISHED_MEANWHILE", 1)
    assert studio.publish(expected_publication=1).body["published"]["publication"] == 2


def test_of_what_was_never_published_nothing_is_taken_over(studio: Studio) -> None:
    sent = {"course_id": "bonds", "title": "债券入门", "language": "zh", "from_course": True}
    assert studio.send("POST", "", sent, idempotency_key=studio.key()).code == "COURSE_NOT_FOUND"


def test_what_staff_did_is_in_the_log(studio: Studio, world: World) -> None:
    studio.make()
    studio.accept_all()
    studio.publish()
    done = [entry.value.action for entry in world.store.query("AUDIT#2026-03", "", AuditRecord)]
    assert {
        "catalog.production_started", "catalog.production_file_added", "catalog.production_facts_written",
        "catalog.production_run", "catalog.production_block_decided", "catalog.course_published",
    } <= set(done)  # fmt: skip


def test_a_lecture_without_a_picture_shows_its_slides(studio: Studio) -> None:
    studio.tool.found = Probe(7_500, None, None, None, has_sound=True)
    studio.begin()
    studio.bring("recording", "talk.m4a", RECORDING)
    studio.bring("slides", "slides.pdf", PDF)
    studio.start()
    studio.steps()
    assert studio.tool.pictures == [PDF]
