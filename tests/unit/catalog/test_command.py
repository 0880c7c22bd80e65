"""The editor's command, with the system's API in process behind it."""

from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.catalog.app.courses.read_courses import read_state
from services.catalog.cli import export_course, publish, withdraw
from services.catalog.handlers import editor
from services.kit.http import HttpApi
from tests.gateway import LambdaContext, claims, origin_secret, request
from tests.unit.catalog.world import BONDS, COURSE, World, edited, write_package

TOKEN = "access-token"
CONFIG = {"region": "cn-north-1", "userPoolClientId": "client-1", "cognitoUrl": "/cognito/"}


class Site:
    """The API's editor function, the bucket and the sign-in, under one address."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.api = editor.build_api(world.media, origin_secret)
        self.uploaded: list[str] = []
        self.storage_status = 200

    def answer(self, sent: httpx.Request) -> httpx.Response:
        """One request."""
        if sent.url.scheme == "memory":
            return self._read(sent.url.path) if sent.method == "GET" else self._store(sent)
        if sent.url.path.startswith("/pictures/"):
            return self._read(sent.url.path)
        if sent.url.path == "/config.json":
            return httpx.Response(200, json=CONFIG)
        if sent.url.path == "/cognito/":
            return _sign_in(sent)
        return _call(self.api, sent)

    def _read(self, path: str) -> httpx.Response:
        content = self.world.bucket.files.get(path.removeprefix("/"))
        return httpx.Response(404) if content is None else httpx.Response(200, content=content)

    def _store(self, sent: httpx.Request) -> httpx.Response:
        if self.storage_status == 200:
            self.world.bucket.put(str(sent.url), sent.content)
            self.uploaded.append(sent.url.path.rpartition("/")[2])
        return httpx.Response(self.storage_status)


def _sign_in(sent: httpx.Request) -> httpx.Response:
    if b'"USERNAME":"editor@xueshi.example"' in sent.content and b'"PASSWORD":"right"' in sent.content:
        return httpx.Response(200, json={"AuthenticationResult": {"AccessToken": TOKEN}})
    return httpx.Response(400, json={"__type": "NotAuthorizedException", "message": "Incorrect username or password."})


def _call(api: HttpApi, sent: httpx.Request) -> httpx.Response:
    signed_in = sent.headers.get("authorization") == f"Bearer {TOKEN}"
    who = claims("editor-1", "editor") if signed_in else {}
    event = request(sent.method, sent.url.raw_path.decode(), sent.content.decode() or None, who=who)
    answer = api.handle(event, LambdaContext())  # type: ignore[arg-type]  # powertools names a class of its own
    return httpx.Response(answer["statusCode"], content=answer["body"], headers=answer["headers"])


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Where the command's requests go."""
    found = Site(world)
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=httpx.MockTransport(found.answer)))
    for name in ("XUESHI_EMAIL", "XUESHI_PASSWORD", "XUESHI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XUESHI_TOKEN", TOKEN)
    return found


def run(folder: Path, *options: str) -> int:
    """The command's exit code."""
    return publish.main([str(folder), "--base-url", "http://xueshi.example", *options])


def test_it_publishes_and_is_safe_to_repeat(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_package(tmp_path)
    assert run(folder) == 0
    assert len(site.uploaded) == 5
    said = capsys.readouterr().out
    assert "+ title: 债券入门" in said
    assert "uploading 5/5" in said
    assert "published as number 1" in said
    assert run(folder) == 0
    assert len(site.uploaded) == 5
    assert "Already published as it is." in capsys.readouterr().out
    assert read_state(site.world.ctx, BONDS).number == 1


def test_the_preview_shows_what_changes_and_changes_nothing(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write_package(tmp_path)) == 0
    course = edited("price_fen: 1000", "price_fen: 1200").replace("[债券, 久期]", "[久期, 票息]")
    folder = write_package(tmp_path, course_yaml=course, captions__en_vtt="WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n")
    capsys.readouterr()
    assert run(folder, "--preview") == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()[2:]]
    expected = ["~ price_fen: 1000 → 1200", "- keywords: 债券", "+ keywords: 票息", "+ captions: en"]
    assert lines == expected
    assert read_state(site.world.ctx, BONDS).number == 1
    assert run(folder) == 0
    assert read_state(site.world.ctx, BONDS).number == 2


def export(folder: Path, course: str = "bonds") -> int:
    """The exit code of taking a course back out."""
    return export_course.main([course, str(folder), "--base-url", "http://xueshi.example"])


def test_what_is_published_comes_back_as_a_package(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = "provenance:\n  abstract: {made_by: model-1, reviewed_by: 王编辑, reviewed_on: 2026-03-01}\n"
    asked = "questions:\n- text: 对吗?\n  choices: [对, 错]\n  answer: 对\n"
    package = write_package(
        tmp_path / "package",
        course_yaml=COURSE + note + asked,
        key_points_md="## 什么是久期? [00:05]\n\n敏感度。\n\n一段。\n\n## 还有?\n\n没有。\n",
        handouts__讲义_pdf=b"%PDF-1.7",
        cover_jpg=b"\xff\xd8\xff 1",
        portraits__甲_jpg=b"\xff\xd8\xff 2",
    )
    assert run(package) == 0
    old = site.world.bucket.files
    folder = next(key for key in old if key.endswith("index.m3u8")).removesuffix("index.m3u8")
    old[f"{folder}captions/zh.0123456789ab.vtt"] = b"WEBVTT of another publication"
    capsys.readouterr()
    assert export(tmp_path / "back") == 0
    said = capsys.readouterr().out
    assert "exported" in said
    assert said.count("\n") == 1, "publishing it would change nothing"
    assert run(tmp_path / "back") == 0
    assert read_state(site.world.ctx, BONDS).number == 1
    for file in ("media/a.m4s", "captions/zh.vtt", "handouts/讲义.pdf", "cover.jpg", "portraits/甲.jpg", "mind-map.md"):
        assert (tmp_path / "back" / file).read_bytes() == (package / file).read_bytes(), file
    assert export(tmp_path / "back") == 2, "nothing is written over"


def test_what_was_never_published_is_not_taken_out(site: Site, tmp_path: Path) -> None:
    assert export(tmp_path / "none", "no-such-course") == 1
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_lost_is_told(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write_package(tmp_path / "package", cover_jpg=b"\xff\xd8\xff 1")) == 0
    for key in [key for key in site.world.bucket.files if key.startswith("pictures/")]:
        del site.world.bucket.files[key]
    assert export(tmp_path / "back") == 1
    assert "404" in capsys.readouterr().err


def test_withdrawing_is_safe_to_repeat_and_publishing_again_offers_again(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_package(tmp_path)
    assert run(folder) == 0
    withdrawal = ["bonds", "--reason", "outdated", "--base-url", "http://xueshi.example"]
    assert withdraw.main(withdrawal) == 0
    assert withdraw.main(withdrawal) == 0
    assert "already withdrawn: bonds" in capsys.readouterr().out
    assert read_state(site.world.ctx, BONDS).number == 2
    assert withdraw.main(["nothing", *withdrawal[1:]]) == 1
    assert "COURSE_NOT_FOUND" in capsys.readouterr().err
    assert run(folder, "--preview") == 0
    assert "~ 重新上架 / offered again" in capsys.readouterr().out
    assert run(folder) == 0
    assert (len(site.uploaded), site.world.search.newest("", 50).items[0].withdrawn_at) == (5, None)


def test_mistakes_are_listed_and_nothing_is_sent(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_package(tmp_path, abstract_md=None, course_yaml=edited("hours: 1.5", "hours: 99"))
    assert run(folder) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(f"{folder}/abstract.md:1: ")
    assert said[1].startswith(f"{folder}/course.yaml:4: ")
    assert "2 mistake(s)" in said[2]
    assert site.uploaded == []


def test_checking_needs_no_system(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write_package(tmp_path), "--check") == 0
    assert "1.5 hours are 75 minutes at 50 each" in capsys.readouterr().out


def test_it_signs_in(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("XUESHI_TOKEN")
    folder = write_package(tmp_path)
    assert run(folder, "--email", "editor@xueshi.example", "--password", "wrong") == 1
    assert "Incorrect username or password." in capsys.readouterr().err
    assert run(folder, "--email", "editor@xueshi.example", "--password", "right") == 0
    assert read_state(site.world.ctx, BONDS).number == 1


def test_a_refusal_is_shown_with_its_code(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write_package(tmp_path), "--token", "expired") == 1
    assert "NOT_SIGNED_IN" in capsys.readouterr().err


@pytest.mark.parametrize(("status", "says"), [(403, "HTTP 403"), (412, "the bucket holds something else")])
def test_an_upload_that_fails(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, says: str
) -> None:
    site.storage_status = status
    assert run(write_package(tmp_path)) == 1
    assert says in capsys.readouterr().err
    site.storage_status = 200
    assert run(write_package(tmp_path)) == 0


def test_an_unreachable_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    def fail(_sent: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=httpx.MockTransport(fail)))
    assert run(write_package(tmp_path), "--token", TOKEN) == 1
    assert "is the system running? (make run)" in capsys.readouterr().err
