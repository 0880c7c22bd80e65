"""Odd values in every query that an operation reads: answered, or refused with a code, and nothing changes."""

from urllib.parse import urlencode

import pytest

from services.kit.identity import Role
from tests.gateway import claims, request, send
from tests.security.operations import Operation, operations
from tests.unit.handlers.conftest import Functions

READING = [operation for operation in operations() if operation.queries]
ODD = [
    *("9999-12-31", "0001-01-01", "2026-02-30", "2026-11-26", "9999-12", "0001-01", "2026-13", "2026-11"),
    *("", "0", "-1", "1e400", "9" * 400, "\x00", "学时" * 100, "2026-11-26T00:00:00.000Z#x#0000000001"),
]
"""The first and the last day there is, and the likes; a moment later or earlier is none."""


@pytest.mark.parametrize("operation", READING, ids=str)
def test_odd_queries_are_no_failures(served: Functions, operation: Operation) -> None:
    api, store = served[operation.method, operation.template]
    who = {} if operation.public else claims("somebody", min(operation.roles, default=str(Role.LEARNER)))
    wrong = {}
    for odd in ODD:
        for names in _together(operation):
            query = urlencode(dict.fromkeys(names, odd))
            answer = send(api, request(operation.method, f"{operation.path}?{query}", who=who))
            if answer.status >= 500 or (answer.status >= 400 and not answer.code):
                wrong[query] = answer.status
    assert not wrong
    assert (store.items, store.outbox) == ({}, [])


def _together(operation: Operation) -> list[set[str]]:
    """What is sent together: what is required, and each of the others with that."""
    required = {name for name, is_required in operation.queries.items() if is_required}
    return [required, *({*required, name} for name in operation.queries)]
