"""The catalogue's routes, called as the gateway calls them."""

import base64
import json
from typing import Any

import pytest

from docs.generate import functions
from services.catalog.domain.document import write_course
from services.catalog.domain.ids import CourseId
from services.catalog.handlers import editor, http
from services.kit.http import HttpApi, described
from tests.gateway import Answer, LambdaContext, claims, origin_secret, request, send
from tests.unit.catalog.world import World, edited, manifest

COURSES = "/v1/catalog/courses"
BONDS = f"{COURSES}/bonds"
EDITOR = claims("editor-1", "editor")


@pytest.fixture
def reader(world: World) -> HttpApi:
    """The public API."""
    return http.build_api(world.ctx, world.search, origin_secret)


@pytest.fixture
def writer(world: World) -> HttpApi:
    """The editors' API."""
    return editor.build_api(world.media, origin_secret)


def body(world: World, **changes: Any) -> dict[str, Any]:
    """What the command sends to publish the world's package."""
    package = world.package()
    course = write_course(package.course)
    del course["id"]
    files = [{"path": f.path, "sha256": f.sha256, "bytes": f.bytes} for f in package.files]
    captions = [{"language": c.language, "sha256": c.sha256, "bytes": c.bytes} for c in package.captions]
    media = {"content_version": package.version, "files": files, "captions": captions}
    return {"expected_publication": 0, "reason": "because", "course": course, "media": media, **changes}


def put(api: HttpApi, sent: Any, who: dict[str, str] = EDITOR) -> Answer:
    """The answer to publishing."""
    return send(api, request("PUT", BONDS, sent, who=who))


def publish(world: World, writer: HttpApi) -> None:
    """Uploads and publishes the world's package through the API."""
    sent = body(world)
    announced = {**sent["media"], "content_id": "bonds-lecture", "max_rate": "1.0"}
    asked = send(writer, request("POST", f"{BONDS}/media-uploads", announced, who=EDITOR))
    assert asked.status == 200
    package = world.package()
    for upload in asked.body["uploads"]:
        digest = base64.b64decode(upload["headers"]["x-amz-checksum-sha256"]).hex()
        assert digest in {file.sha256 for file in manifest(package).all_files}
        world.bucket.put(upload["url"], package.content(upload["path"]))
    answer = put(writer, sent)
    assert (answer.status, answer.body["publication"], answer.body["changed"]) == (200, 1, True)


def test_a_course_is_published_and_read(world: World, reader: HttpApi, writer: HttpApi) -> None:
    publish(world, writer)
    page = send(reader, request("GET", BONDS))
    assert page.status == 200
    assert page.headers["Cache-Control"].startswith("public, max-age=")
    version = world.package().version
    folder = f"/media/bonds-lecture/{version}"
    assert page.body["media"] == {
        "content_id": "bonds-lecture",
        "content_version": version,
        "path": f"{folder}/index.m3u8",
        "duration_ms": 7_500,
        "captions": [{"language": "zh", "path": f"{folder}/{world.package().captions[0].path}"}],
        "handouts": [],
    }
    assert page.body["hours"] == "1.5"
    assert page.body["watch"] == {"max_rate": "1.0"}
    assert page.body["chapters"][0] == {"at_ms": 1_000, "title": "开始", "summary": "从票息讲起。"}
    assert page.body["mind_map"]["children"][1]["children"] == [{"text": "利率", "children": []}]
    eligible = {entry["credential"]: entry["eligible"] for entry in page.body["eligibility"]}
    assert eligible == {"AFP": True, "CFP": True, "EFP": False, "CPB": False, "CTP": False}
    assert all(entry["note"] and entry["note_en"] for entry in page.body["eligibility"])
    (line,) = send(reader, request("GET", COURSES)).body["courses"]
    assert (line["course_id"], line["price_fen"], line["instructors"]) == ("bonds", 1_000, ["甲"])


@pytest.mark.parametrize("depth", [9, 100, 300, 5_000])
def test_deep_nesting_is_a_message(world: World, writer: HttpApi, depth: int) -> None:
    publish(world, writer)
    deep = '{"text": "x", "children": [' * depth + "]}" * depth
    sent = body(world, expected_publication=1)
    sent["course"]["mind_map"] = "DEEP"
    answer = put(writer, json.dumps(sent).replace('"DEEP"', deep))
    assert answer.status in (400, 422)


def test_publishing_again_answers_the_same(world: World, writer: HttpApi) -> None:
    publish(world, writer)
    again = put(writer, body(world))
    assert (again.status, again.body["publication"], again.body["changed"]) == (200, 1, False)


@pytest.mark.parametrize("path", [COURSES, BONDS, "/v1/catalog/search?limit=24"])
def test_what_is_unchanged_is_not_sent_again(world: World, reader: HttpApi, writer: HttpApi, path: str) -> None:
    publish(world, writer)
    etag = send(reader, request("GET", path)).headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        answer = reader.handle(request("GET", path, if_none_match=known), LambdaContext())  # type: ignore[arg-type]
        assert (answer["statusCode"], answer["body"]) == (304, "")
        assert answer["headers"]["ETag"] == etag
    assert send(reader, request("GET", path, if_none_match='"other"')).status == 200


def test_the_tag_changes_with_the_page(world: World, reader: HttpApi, writer: HttpApi) -> None:
    publish(world, writer)
    before = send(reader, request("GET", BONDS)).headers["ETag"]
    world.publish(world.package(abstract_md="新的摘要。"), 1)
    assert send(reader, request("GET", BONDS)).headers["ETag"] != before


def test_no_such_course(reader: HttpApi, writer: HttpApi) -> None:
    assert send(reader, request("GET", f"{COURSES}/nothing")).code == "COURSE_NOT_FOUND"
    assert send(writer, request("GET", f"{BONDS}/publication", who=EDITOR)).code == "COURSE_NOT_FOUND"
    assert send(reader, request("GET", f"{COURSES}/Not_An_Id")).code == "INVALID_REQUEST"
    assert send(reader, request("GET", COURSES)).body == {"courses": [], "after": None}


def test_an_editor_reads_the_current_publication_uncached(world: World, writer: HttpApi) -> None:
    publish(world, writer)
    answer = send(writer, request("GET", f"{BONDS}/publication", who=EDITOR))
    assert answer.body["course"] == write_course(world.package().course)
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_editor_lists_every_course_a_page_at_a_time_withdrawn_ones_too(world: World, writer: HttpApi) -> None:
    for course_id in ("bonds", "cash", "funds"):
        package = world.package(
            course_yaml=edited("id: bonds\n", f"id: {course_id}\n").replace("bonds-lecture", f"{course_id}-lecture")
        )
        world.upload(package)
        world.publish(package, 0)
    world.withdraw(CourseId("cash"))

    def page(query: str) -> Answer:
        return send(writer, request("GET", f"/v1/catalog/publications?{query}", who=EDITOR))

    first = page("limit=2")
    assert first.headers["Cache-Control"] == "no-store"
    assert [(c["course_id"], c["publication"], c["withdrawn_at"]) for c in first.body["courses"]] == [
        ("bonds", 1, None),
        ("cash", 2, "2026-03-02T04:00:00Z"),
    ]
    last = page(f"limit=2&after={first.body['after']}").body
    assert ([c["course_id"] for c in last["courses"]], last["after"]) == (["funds"], None)
    assert page("after=zzz").body == {"courses": [], "after": None}
    assert page("limit=0").code == "INVALID_REQUEST"


def test_an_auditor_compares_a_record_with_what_was_ever_published(world: World, writer: HttpApi) -> None:
    publish(world, writer)
    richer = world.package(course_yaml=edited("hours: 1.5", "hours: 2"))
    world.publish(richer, 1)
    auditor = claims("auditor-1", "auditor")

    def page(query: str, course: str = BONDS) -> Answer:
        return send(writer, request("GET", f"{course}/publications?{query}", who=auditor))

    first = page("limit=1").body
    told = first["publications"][0]
    assert (told["publication"], told["hours"], told["content_version"]) == (1, "1.5", richer.version)
    last = page(f"limit=1&after={first['after']}").body
    assert [(found["publication"], found["hours"]) for found in last["publications"]] == [(2, "2.0")]
    assert last["after"] is None
    assert "published_by" not in str(last)
    assert page("", f"{COURSES}/nothing").code == "COURSE_NOT_FOUND"
    assert page("after=-1").code == "INVALID_REQUEST"


@pytest.mark.parametrize(
    ("who", "code"), [({}, "NOT_SIGNED_IN"), (claims("x", "learner", "administrator"), "WRONG_ROLE")]
)
def test_only_editors_write(world: World, writer: HttpApi, who: dict[str, str], code: str) -> None:
    sent = body(world)
    assert put(writer, sent, who).code == code
    assert send(writer, request("POST", f"{BONDS}/media-uploads", sent["media"], who=who)).code == code
    assert send(writer, request("GET", f"{BONDS}/publication", who=who)).code == code
    assert send(writer, request("GET", "/v1/catalog/publications", who=who)).code == code
    assert send(writer, request("GET", f"{BONDS}/publications", who=who)).code == code
    assert world.store.items == {}


def test_the_domains_refusals_reach_the_editor(world: World, writer: HttpApi) -> None:
    assert put(writer, body(world)).code == "MEDIA_INCOMPLETE"
    wrong = body(world)
    wrong["course"]["category"] = "optional"
    answer = put(writer, wrong)
    assert (answer.status, answer.code) == (422, "COURSE_INVALID")
    assert answer.body["errors"][0]["pointer"] == "/course/category"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("expected_publication",), -1),
        (("expected_publication",), "0"),
        (("reason",), ""),
        (("course", "surprise"), 1),
        (("course", "price_fen"), 1.5),
        (("course", "title"), "长" * 301),
        (("course", "keywords"), ["x"] * 41),
        (("media", "files"), []),
        (("media", "content_version"), "../../etc"),
        (("media", "files"), [{"path": "../up.m4s", "sha256": "a" * 64, "bytes": 1}]),
        (("media", "files"), [{"path": "a.m4s", "sha256": "a" * 63, "bytes": 1}]),
        (("media", "files"), [{"path": "a.m4s", "sha256": "a" * 64, "bytes": 10**12}]),
        (("media", "captions"), [{"language": "../x", "sha256": "a" * 64, "bytes": 1}]),
    ],
)
def test_malformed_requests(world: World, writer: HttpApi, place: tuple[str, ...], value: Any) -> None:
    sent = body(world)
    target = sent
    for part in place[:-1]:
        target = target[part]
    target[place[-1]] = value
    assert put(writer, sent).code == "INVALID_REQUEST"


def test_an_editor_takes_files_back_out_page_by_page(world: World, writer: HttpApi) -> None:
    downloads = f"{BONDS}/media-downloads"
    assert send(writer, request("GET", downloads, who=EDITOR)).code == "COURSE_NOT_FOUND"
    publish(world, writer)
    assert put(writer, body(world)).status == 200
    paths: list[str] = []
    after = ""
    while after is not None:
        page = send(writer, request("GET", f"{downloads}?limit=2&after={after}", who=EDITOR)).body
        assert all(world.bucket.files[file["url"].removeprefix("memory://bucket/")] for file in page["files"])
        paths += [file["path"] for file in page["files"]]
        after = page["after"]
    assert paths == sorted(file.path for file in manifest(world.package()).all_files)


def test_the_description_has_every_route() -> None:
    paths = described(functions("catalog"))["paths"]
    found = {
        (method, path): operation for path, operations in paths.items() for method, operation in operations.items()
    }
    function_of = {key: operation["x-function"] for key, operation in found.items()}
    public = {key for key, operation in found.items() if not operation.get("security")}
    assert {key for key, function in function_of.items() if function == "http"} == public
    course = f"{COURSES}/{{course_id}}"
    productions = {key for key in function_of if key[1].startswith("/v1/catalog/productions")}
    assert len(productions) == 16
    assert {key for key, function in function_of.items() if function == "editor"} == productions | {
        ("put", course),
        ("post", f"{course}/media-uploads"),
        ("get", f"{course}/media-downloads"),
        ("get", f"{course}/publication"),
        ("get", f"{course}/publications"),
        ("get", "/v1/catalog/publications"),
        ("post", f"{course}/withdrawal"),
    }
    assert public == {
        ("get", COURSES),
        ("get", course),
        ("get", "/v1/catalog/search"),
        ("get", "/v1/catalog/completions"),
        ("get", f"{course}/reviews"),
    }
