"""Every kind of bad body at every operation that takes one: refused with a code in both languages, and nothing changes.

The same bodies go over HTTP as far as the gateway could take them for something else: tests/security/test_inputs.py.
"""

import pytest

from services.kit.identity import Role
from tests.gateway import claims, request, send
from tests.security.bad_bodies import bad_bodies
from tests.security.operations import Operation, operations
from tests.unit.handlers.conftest import Functions

WITH_BODY = [operation for operation in operations() if operation.schema]


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_bad_bodies_are_refused(served: Functions, operation: Operation) -> None:
    api, store = served[operation.method, operation.template]
    who = {} if operation.public else claims("somebody", min(operation.roles, default=str(Role.LEARNER)))
    assert operation.schema
    wrong = {}
    for number, (name, body) in enumerate(bad_bodies(operation.schema)):
        key = f"idempotency-key-{number:04}"
        answer = send(api, request(operation.method, operation.path, _sent(body), who=who, idempotency_key=key))
        if not 400 <= answer.status < 500 or not answer.code:
            wrong[name] = answer
    assert not wrong
    assert (store.items, store.outbox) == ({}, [])


def _sent(body: bytes) -> str | bytes:
    """As the gateway hands it on: text where it is some, else Base64."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body
