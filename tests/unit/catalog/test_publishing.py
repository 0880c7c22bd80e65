"""Publishing: what changes, what goes out, who wins."""

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from services.catalog.app.courses.items import publication_key
from services.catalog.app.courses.read_courses import read_state
from services.catalog.app.media.manifest import Manifest
from services.catalog.app.media.sign_uploads import sign_uploads
from services.catalog.cli.package import InvalidPackage, load_package
from services.catalog.domain.document import write_course
from services.catalog.domain.ids import ContentId
from services.catalog.domain.media import Caption, MediaFile
from services.catalog.domain.publication import Publication
from services.catalog.domain.search import SearchQuery
from services.catalog.events.published import CoursePublished
from services.kit.problems import Problem
from services.kit.store import Change, Conflict
from tests.fakes import fmp4
from tests.unit.catalog.world import (
    BONDS,
    EDITOR,
    FILES,
    HEADER,
    OTHER_EDITOR,
    PLAYLIST,
    PUBLISHED_AT,
    World,
    edited,
    manifest,
    write_package,
)


def refused(code: str, action: Any, *arguments: Any, **named: Any) -> Problem:
    """The refusal of a call, which has this code."""
    with pytest.raises(Problem) as caught:
        action(*arguments, **named)
    assert caught.value.type.code == code
    return caught.value


def test_the_first_publication(world: World) -> None:
    package = world.package(course_yaml=edited("债券入门\n", "债券入门\ntitle_en: Bonds to begin with\n"))
    world.upload(package)
    published = world.publish(package, 0)
    assert published.changed
    assert published.publication == read_state(world.ctx, BONDS).publication
    assert (published.publication.number, published.publication.published_at) == (1, PUBLISHED_AT)
    assert published.publication.media.duration_ms == 7_500
    (event,) = world.store.outbox
    assert (event.source, event.type, event.subject, event.sequence) == (
        "xueshi.catalog",
        "catalog.course_published.v1",
        "bonds",
        1,
    )
    assert event.correlation_id == "request-1"
    assert event.data == {
        "course_id": "bonds",
        "content_id": "bonds-lecture",
        "content_version": package.version,
        "title": "债券入门",
        "title_en": "Bonds to begin with",
        "duration_ms": 7_500,
        "hours": "1.5",
        "category": "elective",
        "eligible_credentials": ["AFP", "CFP"],
        "member_recommended": True,
        "price_fen": 1_000,
        "published_on": "2026-03-02",
        "max_rate": "1.0",
        "media_path": f"/media/bonds-lecture/{package.version}/index.m3u8",
        "member_price_fen": 800,
        "member_library": False,
        "questions": [],
    }
    CoursePublished.model_validate(event.data)
    actions = [(record.actor, record.action, record.subject, record.reason) for record in world.audit()]
    assert actions[-1] == ("editor-1", "catalog.course_published", "bonds", "because")


def test_the_same_package_again_changes_nothing(world: World) -> None:
    package = world.package()
    world.upload(package)
    first = world.publish(package, 0)
    before = dict(world.store.items)
    assert world.upload(package) == []
    again = world.publish(package, 0)
    assert not again.changed
    assert again.publication == first.publication
    assert world.store.items == before
    assert len(world.store.outbox) == 1


def test_a_change_of_text_is_a_new_publication_of_the_same_content(world: World) -> None:
    first = world.package()
    world.upload(first)
    world.publish(first, 0)
    second = world.package(abstract_md="新的摘要。")
    assert second.version == first.version
    assert world.upload(second) == []
    assert world.publish(second, 1).publication.number == 2
    assert [event.sequence for event in world.store.outbox] == [1, 2]
    old = world.store.get(publication_key(BONDS, 1), Publication)
    assert old is not None
    assert old.value.course == first.course


def test_new_media_or_another_rate_is_another_content_version(world: World) -> None:
    first = world.package()
    world.upload(first)
    world.publish(first, 0)
    second = world.package(media__b_m4s=fmp4.both(4_000, 3_500, samples=7))
    assert second.version != first.version
    assert sorted(world.upload(second))[:2] == ["a.m4s", "b.m4s"]
    world.publish(second, 1)
    third = world.package(course_yaml=edited("max_rate: 1.0", "max_rate: 1.5"))
    world.upload(third)
    assert world.publish(third, 2).publication.media.version not in (first.version, second.version)
    assert world.bucket.files[f"media/bonds-lecture/{first.version}/b.m4s"] == FILES["media/b.m4s"]


def test_corrected_captions_lie_beside_the_old_ones(world: World) -> None:
    first = world.package()
    world.upload(first)
    world.publish(first, 0)
    second = world.package(captions__zh_vtt="WEBVTT\n\n00:00.000 --> 00:02.000\n您好\n")
    assert second.version == first.version
    assert world.upload(second) == [second.captions[0].path]
    assert world.publish(second, 1).changed
    assert len([key for key in world.bucket.files if "captions" in key]) == 2


def test_an_editor_who_saw_an_older_publication_is_refused(world: World) -> None:
    package = world.package()
    world.upload(package)
    world.publish(package, 0)
    theirs = world.package(abstract_md="乙的摘要。")
    world.publish(theirs, 1, OTHER_EDITOR)
    mine = world.package(abstract_md="甲的摘要。")
    before = dict(world.store.items)
    problem = refused("PUBLISHED_MEANWHILE", world.publish, mine, 1)
    assert problem.members == {"publication": 2}
    assert world.store.items == before


@pytest.mark.parametrize(("mine", "theirs_wins"), [("同样的摘要。", False), ("甲的摘要。", True)])
def test_two_editors_at_the_same_moment(
    world: World, monkeypatch: pytest.MonkeyPatch, mine: str, theirs_wins: bool
) -> None:
    first = world.package()
    world.upload(first)
    world.publish(first, 0)
    commit = world.store.commit
    theirs = world.package(abstract_md="同样的摘要。")

    def after_theirs(change: Change) -> None:
        monkeypatch.setattr(world.store, "commit", commit)
        world.publish(theirs, 1, OTHER_EDITOR)
        commit(change)

    package = world.package(abstract_md=mine)
    monkeypatch.setattr(world.store, "commit", after_theirs)
    if theirs_wins:
        assert refused("PUBLISHED_MEANWHILE", world.publish, package, 1).members == {"publication": 2}
    else:
        published = world.publish(package, 1)
        assert (published.changed, published.publication.published_by) == (False, "editor-2")
    assert [event.sequence for event in world.store.outbox] == [1, 2]


def test_nothing_is_published_where_the_transaction_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    package = world.package()
    world.upload(package)
    before = dict(world.store.items)

    def fail(_change: Change) -> None:
        raise Conflict("lost")

    monkeypatch.setattr(world.store, "commit", fail)
    with pytest.raises(Conflict):
        world.publish(package, 0)
    assert (world.store.items, world.store.outbox) == (before, [])


def test_two_editors_publishing_two_courses_at_once_both_succeed(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = world.package()
    other = load_package(write_package(tmp_path / "other", course_yaml=edited("id: bonds\n", "id: funds\n")))
    for one in (package, other):
        world.upload(one)
    commit = world.store.commit

    def after_theirs(change: Change) -> None:
        monkeypatch.setattr(world.store, "commit", commit)
        world.publish(other, 0, OTHER_EDITOR)
        commit(change)

    monkeypatch.setattr(world.store, "commit", after_theirs)
    assert world.publish(package, 0).changed
    assert world.search.find(SearchQuery()).total == 2


def test_missing_media(world: World) -> None:
    problem = refused("MEDIA_INCOMPLETE", world.publish, world.package(), 0)
    assert problem.members["missing_count"] == 5
    assert "a.m4s" in problem.members["missing"]
    assert world.store.items == {}


def test_a_file_of_another_size_counts_as_missing(world: World) -> None:
    package = world.package()
    world.upload(package)
    world.bucket.files[f"media/bonds-lecture/{package.version}/a.m4s"] = b"truncated"
    assert refused("MEDIA_INCOMPLETE", world.publish, package, 0).members["missing"] == ["a.m4s"]


def test_the_version_must_follow_from_the_files(world: World) -> None:
    package = world.package()
    world.upload(package)
    forged = replace(package, files=package.files[:-1])
    wrong = Manifest(ContentId("bonds-lecture"), package.version, Decimal("1.0"), forged.files, ())
    refused("CONTENT_VERSION_WRONG", sign_uploads, world.media, EDITOR, BONDS, wrong)
    other_rate = write_watch("1.5")
    refused("CONTENT_VERSION_WRONG", world.publish, package, 0, **other_rate)


def write_watch(rate: str) -> dict[str, Any]:
    """A document's watch policy."""
    return {"watch": {"max_rate": rate}}


@pytest.mark.parametrize(
    ("playlist", "error"),
    [
        ("not a playlist", "the first line must be #EXTM3U"),
        (PLAYLIST.replace("b.m4s", "c.m4s"), "c.m4s: is not among the announced files"),
        (HEADER + '#EXT-X-MAP:URI="init.mp4"\n#EXTINF:8,\na.m4s\n#EXT-X-ENDLIST\n', "b.m4s: is not used"),
        (b"#EXTM3U\n\xff", "is not UTF-8"),
        (b"\xef\xbb\xbf" + PLAYLIST.encode(), "begins with a byte order mark"),
    ],
)
def test_the_server_reads_the_playlist_itself(world: World, playlist: str | bytes, error: str) -> None:
    package = with_playlist(world, playlist)
    problem = refused("MEDIA_INVALID", world.publish, package, 0)
    assert any(error in found["message_en"] for found in problem.members["errors"])


def with_playlist(world: World, playlist: str | bytes) -> Any:
    """A package whose playlist was swapped after checking, uploaded as it is."""
    package = world.package()
    content = playlist if isinstance(playlist, bytes) else playlist.encode()
    swapped = MediaFile("index.m3u8", sha256(content).hexdigest(), len(content))
    package = replace(package, files=(swapped, *package.files[1:]), playlists={"index.m3u8": content})
    world.upload(package)
    return package


def test_the_server_reads_the_captions_itself(world: World) -> None:
    package = world.package()
    hidden = "WEBVTT\n\n00:00.000 --> 00:02.000\n你好\n\n再见\n".encode()
    swapped = Caption("zh", sha256(hidden).hexdigest(), len(hidden))
    package.paths[swapped.path] = package.paths[package.captions[0].path]
    package.paths[swapped.path].write_bytes(hidden)
    package = replace(package, captions=(swapped,))
    world.upload(package)
    problem = refused("MEDIA_INVALID", world.publish, package, 0)
    (error,) = problem.members["errors"]
    assert (error["file"], error["line"]) == (swapped.path, 6)
    assert "is not shown" in error["message_en"]


def test_what_is_published_of_a_playlist_is_what_players_read(world: World) -> None:
    package = world.package(media__index_m3u8=PLAYLIST.replace("4.000000,", "4.000000 ,"))
    world.upload(package)
    world.publish(package, 0)
    assert world.bucket.files[f"media/bonds-lecture/{package.version}/index.m3u8"] == PLAYLIST.encode()
    assert package.version == world.package(media__index_m3u8=PLAYLIST).version


def test_the_command_and_the_server_measure_all_texts_alike(world: World) -> None:
    package = world.package()
    world.upload(package)
    points = "".join(f"## 第{n}问\n{'字' * 1_400}\n" for n in range(60))
    abstract = "字" * 4_900
    long = [{"question": f"第{n}问", "answer": "字" * 1_400} for n in range(60)]
    instructors = [{"name": "甲", "title": "讲师", "bio": "字" * 4_000}]
    refused("COURSE_TOO_LARGE", world.publish, package, 0, abstract=abstract, key_points=long, instructors=instructors)
    bio = edited("bio: 讲债券。", f"bio: {'字' * 4_000}")
    with pytest.raises(InvalidPackage) as caught:
        world.package(key_points_md=points, abstract_md=abstract, course_yaml=bio)
    assert [finding.message_en for finding in caught.value.findings] == ["all texts together: at most 256 KB"]


def test_chapters_are_checked_against_the_uploaded_playlist(world: World) -> None:
    package = world.package()
    world.upload(package)
    first, second = write_course(package.course)["chapters"]
    problem = refused("COURSE_INVALID", world.publish, package, 0, chapters=[first, second | {"at": "00:09"}])
    assert [error["pointer"] for error in problem.members["errors"]] == ["/course/chapters/1/at"]


def test_the_server_measures_the_media_itself(world: World) -> None:
    package = with_playlist(world, PLAYLIST.replace("3.500000", "9.500000"))
    problem = refused("MEDIA_INVALID", world.publish, package, 0)
    assert [error["message_en"] for error in problem.members["errors"]] == [
        f"b.m4s: {what} ends at 7.50 s, but the playlist is 13.50 s long" for what in ("picture", "sound")
    ]


def test_a_forged_playlist_of_the_announced_size_is_refused(world: World) -> None:
    package = world.package()
    world.upload(package)
    key = f"media/bonds-lecture/{package.version}/index.m3u8"
    world.bucket.files[key] = PLAYLIST.replace("3.5", "9.5").encode()
    problem = refused("MEDIA_INVALID", world.publish, package, 0)
    assert "does not match its checksum" in problem.members["errors"][0]["message_en"]


def test_a_document_with_mistakes(world: World) -> None:
    package = world.package()
    world.upload(package)
    problem = refused("COURSE_INVALID", world.publish, package, 0, hours="1.25", eligible_credentials=["XYZ"])
    pointers = [error["pointer"] for error in problem.members["errors"]]
    assert pointers == ["/course/hours", "/course/eligible_credentials/0"]
    refused("COURSE_TOO_LARGE", world.publish, package, 0, abstract="字" * 100_000)
    assert len(world.store.outbox) == 0


def test_a_course_keeps_its_content(world: World) -> None:
    first = world.package()
    world.upload(first)
    world.publish(first, 0)
    moved = world.package(course_yaml=edited("bonds-lecture", "other-lecture"))
    world.upload(moved)
    problem = refused("CONTENT_ID_FIXED", world.publish, moved, 1)
    assert problem.members == {"content_id": "bonds-lecture"}


def test_uploads_are_signed_in_portions_and_logged(world: World) -> None:
    files = tuple(MediaFile(f"s{n}.m4s", "a" * 64, 1) for n in range(450))
    package = replace(world.package(), files=files, captions=())
    found = sign_uploads(world.media, EDITOR, BONDS, manifest(package))
    assert (len(found.uploads), found.missing) == (200, 450)
    assert [record.action for record in world.audit()] == ["catalog.media_uploads_signed"]


def test_an_upload_stores_only_what_was_signed_and_only_once(world: World) -> None:
    package = world.package()
    upload = sign_uploads(world.media, EDITOR, BONDS, manifest(package)).uploads[2]
    with pytest.raises(PermissionError):
        world.bucket.put(upload.url, b"something else")
    world.bucket.put(upload.url, package.content(upload.path))
    with pytest.raises(PermissionError):
        world.bucket.put(upload.url, package.content(upload.path))


def test_the_newest_course_is_listed_first(world: World) -> None:
    for course_id, day in (("older", "2025-01-01"), ("newer", "2026-05-05")):
        text = edited("id: bonds\n", f"id: {course_id}\n").replace("2026-03-02", day)
        package = world.package(course_yaml=text)
        world.upload(package)
        world.publish(package, 0)
    assert [line.course_id for line in world.search.newest("", 50).items] == ["newer", "older"]
