"""From a recording to a published course page, on the running system: no step is played by anything else."""

import math
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from demo.client import Client
from services.catalog.domain.playable import check_playable
from services.catalog.domain.presentation import read_presentation
from tests.fakes.fmp4 import Bytes
from tests.flows.test_media import fetch, opened
from tests.flows.world import COURSE, World, eventually, new_course_id

pytestmark = pytest.mark.system

ROOT = "/v1/catalog/productions"
SPOKEN = (
    "久期衡量债券价格对利率的敏感度。",
    "久期越长，价格的波动越大。",
    "凸性说明久期怎样随利率变化。",
    "组合的久期是各券的加权平均。",
)
BLOCKS = {"abstract", "chapters", "key_points", "keywords", "mind_map", "questions"}
LONG_S = 300.0
"""For five steps of functions that start, one of them an encoder, on a machine that does much else."""
FACTS = {name: value for name, value in COURSE.items() if name not in BLOCKS}


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Forty seconds of a moving picture and a tone, upright."""
    file = tmp_path_factory.mktemp("recording") / "lecture.mp4"
    inputs = ["-f", "lavfi", "-i", "testsrc=s=360x640:r=5:d=40", "-f", "lavfi", "-i", "sine=f=300:r=16000:d=40"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([get_ffmpeg_exe(), "-loglevel", "error", *inputs, *coded, str(file)], check=True)  # noqa: S603 (our own arguments)
    return file.read_bytes()


@pytest.fixture(scope="module")
def storage() -> Iterator[httpx.Client]:
    """Where the browser puts the parts."""
    with httpx.Client(trust_env=False, timeout=60) as client:
        yield client


def captions() -> bytes:
    """What is said, ten seconds a sentence, as SubRip."""
    cues = [f"{n + 1}\n00:00:{n}0,000 --> 00:00:{n}9,500\n{text}\n" for n, text in enumerate(SPOKEN)]
    return "\n".join(cues).encode()


TRANSLATED = b"1\n00:00:00,000 --> 00:00:09,500\nDuration measures\nhow prices react.\n"
PORTRAIT = b"\x89PNG\r\n\x1a\n of somebody"


def begun(editor: Client, course_id: str) -> str:
    """A new production of a course; its address."""
    request = {"course_id": course_id, "title": FACTS["title"], "language": "zh"}
    return f"{ROOT}/{editor.post(ROOT, request).accepted()['production_id']}"


def brought(
    editor: Client, storage: httpx.Client, production: str, role: str, name: str, content: bytes, **more: str
) -> Any:
    """Brings a file in parts."""
    request = {"role": role, "name": name, "bytes": len(content), **more}
    file = editor.post(f"{production}/files", request).accepted()
    place, size = f"{production}/files/{file['file_id']}", file["part_bytes"]
    numbers = list(range(1, math.ceil(len(content) / size) + 1))
    for part in editor.post(f"{place}/parts", {"numbers": numbers}).accepted()["parts"]:
        piece = content[(part["number"] - 1) * size : part["number"] * size]
        assert storage.put(part["url"], content=piece, headers=part["headers"]).is_success
    return editor.post(f"{place}/completion", {}).accepted()


def run(editor: Client, production: str) -> dict[str, Any]:
    """Runs the steps; answers the production when they have ended."""
    editor.post(f"{production}/runs", {}).accepted()

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = editor.get(production).accepted()
        return None if found["state"] == "running" else found

    return eventually(ended, LONG_S)


def test_a_recording_becomes_a_course(world: World, storage: httpx.Client, recording: bytes) -> None:
    editor, course_id = world.editor, new_course_id()
    production = begun(editor, course_id)
    assert brought(editor, storage, production, "recording", "讲座.mp4", recording)["state"] == "here"
    assert brought(editor, storage, production, "captions", "zh.srt", captions())["state"] == "here"
    facts = {**FACTS, "content_id": course_id, "watch": {"max_rate": "1.0"}}
    revision = editor.get(production).accepted()["facts"]["revision"]
    editor.put(f"{production}/facts", {"revision": revision, "facts": facts}).accepted()
    assert brought(editor, storage, production, "translation", "en.srt", TRANSLATED)["state"] == "here"
    (instructor, *_) = (person["name"] for person in facts["instructors"])
    portrait = brought(editor, storage, production, "portrait", "p.png", PORTRAIT, instructor=instructor)
    assert storage.get(portrait["picture_url"]).content == PORTRAIT
    made = run(editor, production)
    assert made["state"] == "reviewing", made["steps"]
    assert [step["state"] for step in made["steps"]] == ["done"] * 5
    assert [rung["name"] for rung in made["media"]["renditions"]] == ["360p", "audio"]
    assert storage.get(made["media"]["preview_url"]).content[4:8] == b"ftyp"
    assert storage.get(made["media"]["poster_url"]).content.startswith(b"\xff\xd8\xff")
    said = editor.get(f"{production}/transcript").accepted()
    assert [sentence["text"] for sentence in said["sentences"]] == list(SPOKEN)
    decided(editor, production, made["blocks"])
    lacks = editor.get(production).accepted()["missing"]
    assert lacks == []
    published(editor, production)
    page = world.public.get(f"/v1/catalog/courses/{course_id}").accepted()
    assert page["media"]["duration_ms"] == pytest.approx(40_000, abs=100)
    assert page["title"] == FACTS["title"]
    assert page["instructors"][0]["portrait"].startswith(f"/pictures/{course_id}/")
    watched(world, course_id, {caption["language"]: caption["path"] for caption in page["media"]["captions"]})


def test_a_recording_without_sound_is_refused_with_what_to_do(
    world: World, storage: httpx.Client, recording: bytes, tmp_path: Path
) -> None:
    editor, silent = world.editor, tmp_path / "silent.mp4"
    silent.with_suffix(".mov").write_bytes(recording)
    command = [get_ffmpeg_exe(), "-loglevel", "error", "-i", str(silent.with_suffix(".mov")), "-an", "-c", "copy"]
    subprocess.run([*command, str(silent)], check=True)  # noqa: S603 (our own arguments)
    production = begun(editor, new_course_id())
    brought(editor, storage, production, "recording", "silent.mp4", silent.read_bytes())
    made = run(editor, production)
    assert made["state"] == "failed"
    (problem,) = [step["problem"] for step in made["steps"] if step["state"] == "failed"]
    assert problem["code"] == "RECORDING_SILENT"
    assert made["published"] is None


def decided(editor: Client, production: str, blocks: list[dict[str, Any]]) -> None:
    """A person takes every draft, and leaves out what there is none of."""
    for block in blocks:
        decision = {"decision": "accept", "reviewer": "王编辑", "marks_seen": True}
        if block["state"] == "empty":
            decision = {"decision": "drop"}
        answer = editor.put(f"{production}/blocks/{block['block']}", {"revision": block["revision"], **decision})
        assert answer.ok, (block, answer.body)


def published(editor: Client, production: str) -> None:
    """Publishes; while files are copied it is asked again."""

    def done() -> bool:
        answer = editor.post(f"{production}/publication", {"reason": "test"})
        if answer.code == "MEDIA_BEING_COPIED":
            return False
        assert answer.ok, answer.body
        return bool(answer.accepted()["published"]["publication"] == 1)

    eventually(done)


def watched(world: World, course_id: str, captions: dict[str, str]) -> None:
    """Who claims it is given every file of the lecture, as a browser asks for them, and captions as they were timed."""
    world.settle()
    learner = world.claimant()
    world.claim(learner, course_id)
    folder, cookies = opened(learner, world.player(learner, course_id).start()["token"])
    ladder = fetch(world, f"{folder}/index.m3u8", cookies).text
    assert "CODECS=" in ladder

    def taken(path: str) -> bytes:
        answer = fetch(world, f"{folder}/{path}", cookies)
        assert answer.status_code == 200, path
        return answer.content

    shown = {language: fetch(world, path, cookies).text for language, path in captions.items()}
    assert [line for line in shown["zh"].splitlines() if "-->" in line] == [
        f"00:00:{n}0.000 --> 00:00:{n}9.500" for n in range(len(SPOKEN))
    ]
    assert "00:00:00.000 --> 00:00:09.500\nDuration measures\nhow prices react.\n" in shown["en"]
    found = read_presentation(ladder.encode(), taken)
    assert check_playable(found, lambda path: Bytes(taken(path))) == []
