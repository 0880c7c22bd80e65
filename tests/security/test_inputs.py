"""Bad input at every operation with a body: a 4xx problem with a code, never a failure, and nothing changes.

Bodies that are JSON objects look alike to the gateway; what is wrong inside them is tested in tests/unit/handlers.
"""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from demo.client import Answer, Client
from services.kit.identity import Role
from tests.security.bad_bodies import example, not_json
from tests.security.conftest import People
from tests.security.operations import Operation, one_of_each, operations

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("nothing_changes")]

WITH_BODY = [operation for operation in operations() if operation.schema]
ONE_EACH = one_of_each(WITH_BODY).values()
"""Those that are sent everything: a service's operations go through the same reading of requests."""
TRANSPORT = {"not UTF-8", "an object bomb", "nothing", "unknown field"}
"""What any operation is sent on the way that requests take; all of it goes to each one in tests/unit/handlers."""
CONTENT_TYPES = ("text/plain", None, "application/x-www-form-urlencoded", "multipart/form-data", "", "json")
TOO_LARGE = 3_300_000
"""Bytes: more than any function takes, of which the editors' takes most."""
PARALLEL = 4
JSON = "application/json"


def post(client: Client, operation: Operation, body: bytes, content_type: str | None = JSON) -> Answer:
    """The operation with exactly these bytes."""
    kind = {"content-type": content_type} if content_type else {}
    return client.send(operation.method, operation.path, content=body, headers={"idempotency-key": uuid4().hex, **kind})


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_what_is_no_json_object_is_refused(people: People, operation: Operation) -> None:
    client = people.by_role[min(operation.roles, default=str(Role.LEARNER))]
    assert operation.schema
    every = [*not_json(operation.schema), ("unknown field", b'{"is_admin":true}')]
    bodies = [body for body in every if operation in ONE_EACH or body[0] in TRANSPORT]
    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = pool.map(lambda body: post(client, operation, body[1]), bodies)
        wrong = {name: answer for (name, _), answer in zip(bodies, answers, strict=True) if not _is_refusal(answer)}
    assert not wrong, {name: (answer.status, answer.body) for name, answer in wrong.items()}


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_wrong_content_types_and_sizes_are_refused(people: People, operation: Operation) -> None:
    client = people.by_role[min(operation.roles, default=str(Role.LEARNER))]
    assert operation.schema
    good = str(example(operation.schema)).replace("'", '"').encode()
    for content_type in CONTENT_TYPES if operation in ONE_EACH else CONTENT_TYPES[:2]:
        answer = post(client, operation, good, content_type)
        assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE"), content_type
    for size in (TOO_LARGE, 5_000_000) if operation in ONE_EACH else (TOO_LARGE,):
        answer = post(client, operation, b'{"x":"' + b"a" * size + b'"}')
        assert answer.status == 413
        assert answer.code in ("PAYLOAD_TOO_LARGE", "")


def _is_refusal(answer: Answer) -> bool:
    problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    said = isinstance(answer.body, dict) and all(answer.body.get(name) for name in ("code", "detail", "detail_en"))
    return 400 <= answer.status < 500 and problem and said
