"""The archive of one person's data: from all services or not at all, and safe to open."""

import json
import stat
import zipfile
from pathlib import Path

import httpx
import pytest

from infra.packaging import SERVICES
from ops.personal_data import NotGiven, collect, page, pictures, write

ITEM = {"name": "<script>林</script>", "nothing": None, "inner": {"hours": "1.5"}}


def service(refusing: str = "") -> tuple[httpx.Client, list[httpx.Request]]:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        name = request.url.path.split("/")[2]
        if name == refusing:
            return httpx.Response(403, json={"code": "FORBIDDEN"})
        section = {"name": "facts", "title": f"{name}的", "title_en": name, "items": [ITEM]}
        return httpx.Response(200, json={"learner_id": "learner-1", "sections": [section]})

    return httpx.Client(base_url="http://x", transport=httpx.MockTransport(answer)), asked


def test_every_service_gives_its_part_into_one_archive(tmp_path: Path) -> None:
    http, asked = service()
    archive = tmp_path / "copy.zip"
    write(collect(http, "learner-1", "asked by letter"), archive)
    assert [request.url.path for request in asked] == [
        f"/v1/{name}/learners/learner-1/personal-data" for name in SERVICES
    ]
    assert {json.loads(request.content)["reason"] for request in asked} == {"asked by letter"}
    with zipfile.ZipFile(archive) as made:
        assert sorted(made.namelist()) == sorted([*(f"{name}.json" for name in SERVICES), "index.html"])
        for name in SERVICES:
            assert json.loads(made.read(f"{name}.json"))["sections"][0]["items"] == [ITEM]
            assert f"{name}的 · {name}" in made.read("index.html").decode()
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_without_a_learner_it_is_the_callers_own(tmp_path: Path) -> None:
    http, asked = service()
    collect(http, None, "")
    assert [(request.method, request.url.path) for request in asked] == [
        ("GET", f"/v1/{name}/personal-data") for name in SERVICES
    ]


@pytest.mark.parametrize("learner_id", ["learner-1", None])
def test_pictures_of_certificates_that_wait_are_in_it(tmp_path: Path, learner_id: str | None) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        if request.url.path.endswith("/certificates"):
            return httpx.Response(200, json={"certificates": [{"credential": "AFP"}, {"credential": "CFP"}]})
        waits = "/AFP/" in request.url.path
        return httpx.Response(200, content=b"jpeg") if waits else httpx.Response(404, json={"code": "PICTURE_GONE"})

    found = pictures(httpx.Client(base_url="http://x", transport=httpx.MockTransport(answer)), learner_id)
    assert found == {"AFP": b"jpeg"}
    write({}, tmp_path / "copy.zip", found)
    with zipfile.ZipFile(tmp_path / "copy.zip") as made:
        assert made.read("AFP.jpg") == b"jpeg"
    of_staff = "POST /v1/credits/learners/learner-1/certificates/AFP/picture-views"
    assert (of_staff if learner_id else "GET /v1/credits/certificates/AFP/picture") in asked


def test_a_picture_that_is_refused_is_given_by_nobody() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        listing = request.url.path.endswith("/certificates")
        return httpx.Response(200, json={"certificates": [{"credential": "AFP"}]}) if listing else httpx.Response(503)

    with pytest.raises(NotGiven, match="credits answers 503"):
        pictures(httpx.Client(base_url="http://x", transport=httpx.MockTransport(answer)), None)


def test_what_one_service_refuses_is_given_by_none() -> None:
    http, _ = service(refusing="orders")
    with pytest.raises(NotGiven, match="orders answers 403"):
        collect(http, "learner-1", "x")


def test_an_archive_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "copy.zip").write_text("another person's")
    with pytest.raises(FileExistsError):
        write({}, tmp_path / "copy.zip")


def test_what_people_wrote_is_text_on_the_page() -> None:
    section = {"title": "<b>", "title_en": "", "items": [ITEM]}
    text = page({"catalog": {"sections": [section]}})
    assert "<script>" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;林" in text
