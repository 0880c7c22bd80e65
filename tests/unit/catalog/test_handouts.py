"""Handouts: files of a package, checked by their bytes, published with the course."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.catalog.app.media.sign_uploads import sign_uploads
from services.catalog.cli.package import InvalidPackage, Package, load_package
from services.catalog.cli.preview import preview
from services.catalog.domain.handouts import MAX_HANDOUTS, Handout, is_named_rightly, is_what_it_says
from services.catalog.handlers import http
from services.kit.problems import Problem
from tests.gateway import origin_secret, request, send
from tests.unit.catalog.world import BONDS, EDITOR, World, manifest, write_package

PDF = b"%PDF-1.7\n..."
PPTX = b"PK\x03\x04....[Content_Types].xml...."
NAME = "课件 (第一讲).pdf"


def package(world: World, **files: bytes) -> Package:
    folder = write_package(world.folder) / "handouts"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return load_package(world.folder)


def findings(world: World, **files: bytes) -> list[str]:
    with pytest.raises(InvalidPackage) as caught:
        package(world, **files)
    return [f"{found.file}: {found.message_en}" for found in caught.value.findings]


def test_a_package_brings_its_handouts_and_the_page_names_them(world: World) -> None:
    made = package(world, **{NAME: PDF, "b.pptx": PPTX})
    world.upload(made)
    world.publish(made, 0)
    api = http.build_api(world.ctx, world.search, origin_secret)
    media = send(api, request("GET", "/v1/catalog/courses/bonds")).body["media"]
    folder = media["path"].rpartition("/")[0] + "/handouts/"
    assert [(one["name"], one["bytes"]) for one in media["handouts"]] == [("b.pptx", len(PPTX)), (NAME, len(PDF))]
    assert all(one["path"].startswith(folder) for one in media["handouts"])
    assert {one["path"].removeprefix("/") for one in media["handouts"]} <= set(world.bucket.files)


def test_other_handouts_are_a_new_publication_of_the_same_content(world: World) -> None:
    first = package(world, **{NAME: PDF})
    world.upload(first)
    world.publish(first, 0)
    assert not world.publish(first, 1).changed
    second = package(world, **{NAME: PDF + b"corrected"})
    assert [second.version, world.upload(second)] == [first.version, [second.handouts[0].path]]
    assert world.publish(second, 1).changed
    current = {"handouts": [{"name": NAME, "sha256": first.handouts[0].sha256}], "captions": []}
    shown = preview(second, {**current, "course": {}, "content_version": second.version, "withdrawn": False})
    assert f"~ handouts: {NAME}" in shown


def test_a_course_without_handouts_is_the_same_publication_as_before_there_were_any(world: World) -> None:
    made = world.package()
    world.upload(made)
    published = world.publish(made, 0).publication
    assert replace(published, media=replace(published.media, handouts=())).digest == published.digest


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.exe": b"MZ"}, "must end with one of"),
        ({"a.html": b"<script>"}, "must end with one of"),
        ({"a.pdf": b"MZ\x90"}, "is not of the type"),
        ({"a.docx": b"PK\x03\x04 something"}, "is not of the type"),
        ({"a.pdf": b""}, "between 1 byte"),
        ({"a.pdf": PDF, "A.pdf": PDF}, "is the name of several"),
        ({f"{number}.pdf": PDF for number in range(MAX_HANDOUTS + 1)}, "at most 10"),
    ],
)
def test_what_is_no_handout_is_found_before_anything_is_sent(
    world: World, files: dict[str, bytes], message: str
) -> None:
    assert any(message in found for found in findings(world, **files))


@pytest.mark.parametrize(
    "name", ["../a.pdf", "a/b.pdf", ".pdf", "a\u202efdp.pdf", "a\n.pdf", 'a".pdf', "a.pdf.exe", "x" * 80 + ".pdf"]
)
def test_attack_names_that_lead_elsewhere_or_look_like_others(name: str) -> None:
    assert not is_named_rightly(name)


def test_attack_another_file_behind_an_announced_name(world: World) -> None:
    """The command's checks are the editor's own; the server looks at the bytes itself."""
    made = package(world, **{NAME: PDF})
    world.upload(made)
    key = manifest(made).prefix + made.handouts[0].path
    world.bucket.files[key] = b"MZ\x90" + bytes(len(PDF) - 3)
    with pytest.raises(Problem) as caught:
        world.publish(made, 0)
    assert caught.value.type.code == "MEDIA_INVALID"


def test_attack_publishing_handouts_that_were_not_uploaded(world: World) -> None:
    made = package(world, **{NAME: PDF})
    world.upload(replace(made, handouts=()))
    with pytest.raises(Problem) as caught:
        world.publish(made, 0)
    assert caught.value.type.code == "MEDIA_INCOMPLETE"


def test_an_upload_carries_the_name_that_people_see(world: World, tmp_path: Path) -> None:
    made = package(world, **{NAME: PDF})
    (upload,) = [
        one
        for one in sign_uploads(world.media, EDITOR, BONDS, manifest(made)).uploads
        if one.path.startswith("handouts/")
    ]
    assert upload.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E8%AF%BE")
    assert NAME not in upload.path


def test_types_are_told_by_their_bytes() -> None:
    assert is_what_it_says("a.png", b"\x89PNG\r\n\x1a\n...")
    assert is_what_it_says("a.jpg", b"\xff\xd8\xff\xe0")
    assert not is_what_it_says("a.png", b"\xff\xd8\xff\xe0")
    assert Handout("a.pdf", "0" * 64, 1).path != Handout("b.pdf", "0" * 64, 1).path
