"""Publishing a long lecture by the command: no call checks more of it than it has time for."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.catalog.app.courses.read_courses import find_state
from services.catalog.app.media import check_in_turns
from services.catalog.domain.media import MAX_FILES
from services.catalog.handlers.editor import MAX_BODY_BYTES
from tests.fakes import fmp4
from tests.unit.catalog.test_command import Site, run, site
from tests.unit.catalog.world import BONDS, HEADER, World, edited, write_package

__all__ = ["site"]

SEGMENTS = 10


def write_long(folder: Path, **changed: str | bytes | None) -> Path:
    """A package of some segments, four seconds each."""
    segments = {f"media__s{n}_m4s": fmp4.both(4_000 * n, 4_000) for n in range(SEGMENTS)}
    lines = "".join(f"#EXTINF:4.000000,\ns{n}.m4s\n" for n in range(SEGMENTS))
    playlist = f'{HEADER}#EXT-X-MAP:URI="init.mp4"\n{lines}#EXT-X-ENDLIST\n'
    gone: dict[str, str | bytes | None] = {"media__a_m4s": None, "media__b_m4s": None}
    return write_package(folder, **{**segments, "media__index_m3u8": playlist, **gone, **changed})


@pytest.fixture
def reads(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every segment that was read. Each takes a second, and two are read between looks at the clock."""
    monkeypatch.setattr(check_in_turns, "AT_A_TIME", 2)
    found: list[str] = []
    read_part = world.bucket.read_part

    def slowly(key: str, start: int, length: int) -> bytes:
        if key.endswith(".m4s"):
            found.append(key.rpartition("/")[2])
            world.clock.advance(1_000)
        return read_part(key, start, length)

    monkeypatch.setattr(world.bucket, "read_part", slowly)
    return found


def test_the_command_goes_on_until_all_is_checked(
    site: Site, reads: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write_long(tmp_path)) == 0
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if "checking" in line] == [
        "  检查 / checking 4/12", "  检查 / checking 8/12",
    ]  # fmt: skip
    assert "published as number 1" in said
    assert sorted(reads) == sorted(f"s{n}.m4s" for n in range(SEGMENTS)), "each once"


def test_nothing_is_published_before_all_is_checked(site: Site, reads: list[str], tmp_path: Path) -> None:
    seen: list[object] = []
    handle = site.api.handle

    def watched(event: Any, context: Any) -> Any:
        answer = handle(event, context)
        if event["requestContext"]["http"]["method"] == "PUT":
            seen.append((answer["statusCode"], find_state(site.world.ctx, BONDS) is not None))
        return answer

    site.api.handle = watched  # type: ignore[method-assign]
    assert run(write_long(tmp_path)) == 0
    assert seen == [(409, False), (409, False), (200, True)]


def test_another_text_of_the_same_lecture_reads_nothing_again(site: Site, reads: list[str], tmp_path: Path) -> None:
    assert run(write_long(tmp_path)) == 0
    del reads[:]
    assert run(write_long(tmp_path, course_yaml=edited("price_fen: 1000", "price_fen: 1200"))) == 0
    assert reads == []


def test_a_lecture_with_a_fault_late_is_refused_all_the_same(
    site: Site, reads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("services.catalog.cli.package.check_playable", lambda *_: [])
    for _ in range(2):
        assert run(write_long(tmp_path, media__s9_m4s=b"no segment", media__s1_m4s=b"none either")) == 1
        said = capsys.readouterr().err
        assert "MEDIA_INVALID" in said
        assert "s9.m4s" in said
        assert "s1.m4s" in said
    assert find_state(site.world.ctx, BONDS) is None


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"found": [', b"[]"])
def test_what_was_not_kept_whole_is_read_again(site: Site, reads: list[str], tmp_path: Path, content: bytes) -> None:
    assert run(write_long(tmp_path)) == 0
    kept = sorted(key for key in site.world.bucket.files if key.startswith(check_in_turns.FOLDER))
    assert len(kept) == SEGMENTS // 2
    site.world.bucket.files[kept[0]] = content
    del reads[:]
    assert run(write_long(tmp_path, course_yaml=edited("price_fen: 1000", "price_fen: 1200"))) == 0
    assert sorted(reads) == ["s0.m4s", "s1.m4s"]


@pytest.mark.parametrize("at_a_time", [1, 3, SEGMENTS])
def test_what_code_kept_that_reads_more_or_fewer_at_a_time_is_no_part_of_it(
    site: Site, reads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    assert run(write_long(tmp_path)) == 0
    monkeypatch.setattr(check_in_turns, "AT_A_TIME", at_a_time)
    assert run(write_long(tmp_path, course_yaml=edited("price_fen: 1000", "price_fen: 1200"))) == 0


def test_a_service_that_gets_no_further_is_not_asked_for_ever(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[object] = []
    handle = site.api.handle

    def stuck(event: Any, context: Any) -> Any:
        if event["requestContext"]["http"]["method"] != "PUT":
            return handle(event, context)
        asked.append(event)
        told = {"code": "MEDIA_BEING_CHECKED", "detail": "仍在检查", "detail_en": "still", "checked": 4, "files": 12}
        return {"statusCode": 409, "headers": {}, "body": json.dumps(told)}

    site.api.handle = stuck  # type: ignore[method-assign]
    assert run(write_package(tmp_path)) == 1
    assert len(asked) == 2
    assert "MEDIA_BEING_CHECKED" in capsys.readouterr().err


def test_an_announcement_of_all_files_that_there_may_be_is_taken() -> None:
    file = '{"path":"1080p/seg-00000.m4s","sha256":"' + "0" * 64 + '","bytes":12345678},'
    assert MAX_FILES * len(file) + 256 * 1024 < MAX_BODY_BYTES
