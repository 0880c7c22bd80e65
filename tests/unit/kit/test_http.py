"""The guard rails of every HTTP function, on an API of two routes."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StrictInt

from services.kit.bodies import Request
from services.kit.http import HttpApi, described
from services.kit.identity import Role
from services.kit.origin import ORIGIN_HEADER
from services.kit.problems import COMMON, METHOD_NOT_ALLOWED, NOT_FOUND, conflict
from services.kit.routes import raw_body
from services.kit.store import Conflict, NewerShape, Throttled
from tests.gateway import ORIGIN_SECRET, claims, origin_secret, request, send

EDITOR = claims("editor-1", "editor")


class Number(BaseModel):
    """A request."""

    model_config = ConfigDict(extra="forbid")

    number: StrictInt


class Words(BaseModel):
    """An answer in Chinese."""

    text: str


class Echo(BaseModel):
    """An answer."""

    number: int
    caller: str
    key: str
    correlation: str


def make_api(secret: Any = origin_secret) -> HttpApi:
    """The API."""
    api = HttpApi("Test", [], secret, max_body_bytes=1000)

    @api.public().route("GET /v1/open", "read_open")
    def read() -> Number:
        """For all."""
        return Number(number=1)

    @api.secured(Role.EDITOR).route("POST /v1/closed", "echo", idempotent=True)
    def echo(body: Number) -> Echo:
        """For some, and no others: what is sent comes
        back.
        """
        call = api.call()
        return Echo(
            number=body.number, caller=call.caller_id, key=call.idempotency_key, correlation=call.correlation_id
        )

    return api


def test_a_public_route_needs_nobody_and_decides_on_caching_itself() -> None:
    answer = send(make_api(), request("GET", "/v1/open"))
    assert (answer.status, answer.body) == (200, {"number": 1})
    assert "Cache-Control" not in answer.headers


def test_a_secured_route() -> None:
    event = request("POST", "/v1/closed", {"number": 2}, who=EDITOR, idempotency_key="k" * 16)
    answer = send(make_api(), event)
    assert answer.body == {"number": 2, "caller": "editor-1", "key": "k" * 16, "correlation": "request-1"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_chinese_is_sent_as_it_is() -> None:
    api = make_api()

    @api.public().route("GET /v1/words", "read_words")
    def read() -> Words:
        """For all."""
        return Words(text="学时")

    raw = api.handle(request("GET", "/v1/words"), LambdaContext())
    assert raw["body"] == '{"text":"学时"}'


def test_invalid_places_are_named() -> None:
    event = request("POST", "/v1/closed", {"number": "2", "more": 1}, who=EDITOR, idempotency_key="k" * 16)
    answer = send(make_api(), event)
    assert answer.code == "INVALID_REQUEST"
    assert [error["pointer"] for error in answer.body["errors"]] == ["/number", "/more"]


class Written(Request):
    """A request with texts at several depths."""

    READ_BY_LINE = frozenset({"file"})
    title: str = ""
    names: list[str] = Field(default_factory=list)
    inside: "Written | None" = None
    file: str = ""
    count: int = 0


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize(
    ("body", "code", "pointers"),
    [
        ({"title": "王\ufffd"}, "TEXT_LOST", ["/title"]),
        ({"names": ["王", "\ufffd"], "inside": {"title": "\ufffd"}}, "TEXT_LOST", ["/names", "/inside/title"]),
        ({"title": "\ufffd", "count": "x"}, "INVALID_REQUEST", ["/title", "/count"]),
    ],
)
def test_text_that_was_lost_in_another_encoding_is_refused(
    body: dict[str, Any], code: str, pointers: list[str], escaped: bool
) -> None:
    api = make_api()

    @api.secured(Role.EDITOR).route("POST /v1/written", "write")
    def write(body: Written) -> Words:
        """Takes texts."""
        return Words(text=body.title)

    event = request("POST", "/v1/written", who=EDITOR)
    sent = json.dumps(body, ensure_ascii=escaped)
    event = {**event, "body": sent, "headers": {**event["headers"], "content-type": "application/json"}}
    answer = send(api, event)
    assert (answer.code, [error["pointer"] for error in answer.body["errors"]]) == (code, pointers)
    nobody = request("POST", "/v1/written")["requestContext"]
    assert send(api, {**event, "requestContext": nobody}).code == "NOT_SIGNED_IN"
    assert Written(file="1,\ufffd", title=r"\ufffd").title, "what is read by line, and a backslash, are no lost text"


@pytest.mark.parametrize("sent", ["", "wrong", ORIGIN_SECRET[:-1], f"{ORIGIN_SECRET} ", "ä"])
def test_the_origin_header_is_needed(sent: str) -> None:
    answer = send(make_api(), request("GET", "/v1/open", x_origin_verify=sent))
    assert (answer.status, answer.code) == (403, "FORBIDDEN_ORIGIN")


def test_a_rotated_origin_header_is_taken_old_and_new() -> None:
    stored = {"current": "old"}
    seen = dict(stored)

    def load(fresh: bool) -> Mapping[str, str]:
        nonlocal seen
        if fresh:
            seen = dict(stored)
        return seen

    api = make_api(load)
    stored.update(current="new", previous="old")
    for sent, status in (("old", 200), ("new", 200), ("old", 200), ("other", 403)):
        assert send(api, request("GET", "/v1/open", x_origin_verify=sent)).status == status


def test_size_is_checked_before_anything_reads_the_body() -> None:
    for body, status in (("{" + " " * 999, 400), ("{" + " " * 1000, 413)):
        event = request("POST", "/v1/closed", body, who=EDITOR, idempotency_key="k" * 16)
        assert send(make_api(), event).status == status


def test_other_paths_are_not_found() -> None:
    for path in ("/", "/v1/open/more", "/v1/op%65n"):
        answer = send(make_api(), request("GET", path))
        assert (answer.status, answer.code) == (404, NOT_FOUND.code)


def test_other_methods_are_told_which_there_are() -> None:
    api = make_api()

    @api.secured(Role.EDITOR).route("PUT /v1/open", "write_open")
    def write() -> Number:
        """For some."""
        return Number(number=1)

    for method, path, allowed in (("DELETE", "/v1/open", "GET, PUT"), ("GET", "/v1/closed", "POST")):
        answer = send(api, request(method, path))
        assert (answer.status, answer.code) == (405, METHOD_NOT_ALLOWED.code)
        assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("value", ["ä", "学时", "\udcff", "\x00"])
@pytest.mark.parametrize("name", [ORIGIN_HEADER, "content-type", "idempotency-key"])
def test_a_header_that_is_not_ascii_is_refused_where_it_is_read(name: str, value: str) -> None:
    event = request("POST", "/v1/closed", {"number": 2}, who=EDITOR, idempotency_key="k" * 16)
    event["headers"] |= {"x-anything": value, "cookie": value}
    assert send(make_api(), event).status == 200
    event["headers"][name] = value
    assert 400 <= send(make_api(), event).status < 500


def test_the_document_says_who_may_call_and_how_it_is_refused() -> None:
    document = make_api().openapi()
    echo = document["paths"]["/v1/closed"]["post"]
    assert echo["security"] == [{"cognito": []}]
    assert echo["x-roles"] == ["editor"]
    assert echo["x-function"] == "http"
    assert echo["summary"] == "For some, and no others: what is sent comes back"
    assert [parameter["name"] for parameter in echo["parameters"]] == ["Idempotency-Key"]
    assert set(echo["responses"]) == {"200", "default"}
    assert "security" not in document["paths"]["/v1/open"]["get"]
    for problem in COMMON:
        assert all(
            text in document["info"]["description"]
            for text in (problem.code, problem.detail, problem.detail_en, problem.next, problem.next_en)
        )


class Tree(BaseModel):
    """Holds itself."""

    leaf: str
    branches: list["Tree"] = []


class TwoFaced(BaseModel):
    """Is answered otherwise than it is sent."""

    number: Annotated[int, Field(), PlainSerializer(str)] = 1


def test_a_model_that_is_sent_and_answered_has_one_name_where_it_is_one() -> None:
    api = make_api()

    @api.public().route("POST /v1/trees", "plant")
    def plant(tree: Tree) -> Tree:
        """Plant."""
        return tree

    @api.public().route("POST /v1/numbers", "count")
    def count(number: TwoFaced) -> TwoFaced:
        """Count."""
        return number

    document = api.openapi()
    schemas = document["components"]["schemas"]
    assert schemas["Tree"]["properties"]["branches"]["items"] == {"$ref": "#/components/schemas/Tree"}
    assert {name for name in schemas if name.startswith(("Tree", "TwoFaced"))} == {
        "Tree", "TwoFaced-Input", "TwoFaced-Output",
    }  # fmt: skip
    assert '"#/components/schemas/Tree-' not in json.dumps(document)


def test_the_document_of_several_functions_lists_the_problems_of_all() -> None:
    first, second, same_code = (
        conflict(code, "甲", text, "乙", "Then.")
        for code, text in (("FIRST", "One."), ("SECOND", "Two."), ("FIRST", "Another."))
    )
    apis = [HttpApi("Test", [problem], origin_secret) for problem in (first, second, same_code)]
    for number, api in enumerate(apis):
        api.public().route(f"GET /v1/{number}", f"read_{number}")(lambda: None)
    document = described(apis[:2])
    codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["x-extensible-enum"]
    assert {"FIRST", "SECOND"} < {*codes}
    assert all(f"| `{code}` | " in document["info"]["description"] for code in codes)
    with pytest.raises(ValueError, match="FIRST"):
        described(apis)


def test_codes_are_unique_and_every_problem_has_both_languages() -> None:
    assert len({problem.code for problem in COMMON}) == len(COMMON)
    for problem in COMMON:
        assert not problem.detail.isascii()
        assert not problem.next.isascii()
        assert problem.detail_en.isascii()
        assert problem.next_en.isascii()


@pytest.mark.parametrize(
    ("error", "status", "code", "metrics"),
    [
        (Conflict(), 409, "BUSY", ["Refusals"]),
        (NewerShape(), 409, "BUSY", ["NewerShapes", "Refusals"]),
        (Throttled(), 503, "OVERLOADED", ["Refusals"]),
    ],
)
def test_what_may_be_sent_again_says_when(
    error: Exception, status: int, code: str, metrics: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    api = make_api()

    @api.public().route("GET /v1/fails", "fail")
    def fail() -> Number:
        """For none."""
        raise error

    answer = send(api, request("GET", "/v1/fails"))
    assert (answer.status, answer.code) == (status, code)
    assert int(answer.headers["Retry-After"]) > 0
    counted = [json.loads(line)["_aws"]["CloudWatchMetrics"][0]["Metrics"] for line in capsys.readouterr().out.split()]
    assert [metric["Name"] for found in counted for metric in found] == metrics


def test_members_of_a_problem_travel() -> None:
    assert NOT_FOUND.problem(saved="until 12:31").body()["saved"] == "until 12:31"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=1&b=%E5", "application/x-www-form-urlencoded"),
        ('{ "b":1,\n"a" : 2 }', "application/json"),
        ("not json", "application/json"),
        (b"\xff\xfe", "text/html; charset=gbk"),
        ("", "text/plain"),
    ],
)
def test_an_api_of_raw_bodies_hands_them_on_byte_for_byte(body: str | bytes, kind: str) -> None:
    taken: list[bytes] = []
    api = HttpApi("Test", [], origin_secret, max_body_bytes=1000, raw_bodies=True)

    @api.public().route("POST /v1/told", "told")
    def told() -> Number:
        """Takes anything."""
        taken.append(raw_body(api.app))
        return Number(number=1)

    assert send(api, request("POST", "/v1/told", body, content_type=kind)).status == 200
    assert taken == [body if isinstance(body, bytes) else body.encode()]
    assert send(api, request("POST", "/v1/told", "x" * 1001)).code == "PAYLOAD_TOO_LARGE"
    assert send(api, request("POST", "/v1/told", "x", x_origin_verify="guess")).code == "FORBIDDEN_ORIGIN"


@pytest.mark.parametrize("body", ["[]", '[{"number": 2}]', '"x"', "2", "null", "true"])
def test_a_body_that_is_no_object_is_refused(body: str) -> None:
    event = request("POST", "/v1/closed", body, who=EDITOR, idempotency_key="k" * 16)
    assert send(make_api(), event).code == "INVALID_REQUEST"
