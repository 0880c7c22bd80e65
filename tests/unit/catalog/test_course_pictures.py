"""Covers and portraits: pictures of a package, checked by their bytes, open to everybody once published."""

from dataclasses import replace

import pytest

from services.catalog.cli.package import InvalidPackage, Package, load_package
from services.catalog.cli.preview import preview
from services.catalog.domain.pictures import MAX_PICTURE_BYTES
from services.catalog.handlers import http
from services.kit.problems import Problem
from tests.gateway import origin_secret, request, send
from tests.unit.catalog.world import World, manifest, write_package

JPEG, PNG, WEBP = b"\xff\xd8\xff\xe0 cover", b"\x89PNG\r\n\x1a\n face", b"RIFF\x08\x00\x00\x00WEBPVP8 "
COVER, PORTRAIT = "cover.jpg", "portraits/甲.png"


def package(world: World, files: dict[str, bytes]) -> Package:
    folder = write_package(world.folder)
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return load_package(folder)


def published(world: World, files: dict[str, bytes]) -> Package:
    made = package(world, files)
    world.upload(made)
    world.publish(made, 0)
    return made


def test_cards_and_the_page_have_the_pictures(world: World) -> None:
    published(world, {COVER: JPEG, PORTRAIT: PNG})
    world.keep_files()
    api = http.build_api(world.ctx, world.search, origin_secret)
    page = send(api, request("GET", "/v1/catalog/courses/bonds")).body
    (card,) = send(api, request("GET", "/v1/catalog/courses")).body["courses"]
    (found,) = send(api, request("GET", "/v1/catalog/search")).body["courses"]
    (person,) = page["instructors"]
    assert page["cover"] == card["cover"] == found["cover"]
    stored = world.bucket.files
    assert (stored[page["cover"].removeprefix("/")], stored[person["portrait"].removeprefix("/")]) == (JPEG, PNG)
    assert page["cover"].startswith("/pictures/"), "and not beside the lecture, which signed cookies open"


def test_a_course_without_pictures_says_so_and_is_the_publication_that_it_was(world: World) -> None:
    made = published(world, {})
    api = http.build_api(world.ctx, world.search, origin_secret)
    page = send(api, request("GET", "/v1/catalog/courses/bonds")).body
    assert (page["cover"], page["instructors"][0]["portrait"]) == (None, None)
    assert not world.publish(made, 1).changed


def test_another_picture_is_a_new_publication_under_another_name(world: World) -> None:
    first = published(world, {COVER: JPEG})
    second = package(world, {COVER: JPEG + b"!"})
    assert [second.version, world.upload(second)] == [first.version, [second.pictures[0].path]]
    assert second.pictures[0].path != first.pictures[0].path
    assert world.publish(second, 1).changed
    current = {"pictures": [{"instructor": None, "sha256": first.pictures[0].sha256}], "captions": []}
    shown = preview(second, {**current, "course": {}, "content_version": second.version, "withdrawn": False})
    assert "~ pictures: cover" in shown


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"cover.jpg": b"<svg onload=alert(1)>"}, "must be a picture"),
        ({"cover.svg": b"<svg/>"}, "must be a picture"),
        ({"cover.png": JPEG}, "must be a picture"),
        ({"cover.jpg": b""}, "must be a picture"),
        ({"cover.jpg": JPEG, "cover.webp": WEBP}, "and one cover"),
        ({"portraits/乙.png": PNG}, "one of the instructors"),
        ({PORTRAIT: PNG, "portraits/甲.webp": WEBP}, "one for each"),
        ({COVER: JPEG + bytes(MAX_PICTURE_BYTES)}, "at most 500 KB"),
    ],
)
def test_what_is_no_picture_of_the_course_is_found_before_anything_is_sent(
    world: World, files: dict[str, bytes], message: str
) -> None:
    with pytest.raises(InvalidPackage) as caught:
        package(world, files)
    assert any(message in found.message_en for found in caught.value.findings)


def test_attack_another_file_behind_an_announced_picture(world: World) -> None:
    """The command's checks are the editor's own; the server looks at the bytes itself."""
    made = package(world, {COVER: JPEG})
    world.upload(made)
    key = "".join(manifest(made).place(made.pictures[0].path))
    world.bucket.files[key] = b"<html>" + bytes(len(JPEG) - 6)
    with pytest.raises(Problem) as caught:
        world.publish(made, 0)
    assert caught.value.type.code == "MEDIA_INVALID"


def test_attack_pictures_that_were_not_uploaded_or_are_of_nobody(world: World) -> None:
    made = package(world, {COVER: JPEG})
    with pytest.raises(Problem) as caught:
        world.publish(made, 0)
    assert caught.value.type.code == "MEDIA_INCOMPLETE"
    world.upload(made)
    others = replace(made, pictures=(replace(made.pictures[0], instructor="乙"),))
    with pytest.raises(Problem) as caught:
        world.publish(others, 0)
    assert caught.value.type.code == "MEDIA_INVALID"
