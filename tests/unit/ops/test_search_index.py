"""The operators' command that makes the search's index anew."""

import io
from typing import Any

import pytest

from ops.aws import OpsError
from ops.search_index import index_anew


class Lambda:
    """Stands for Lambda."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.called: list[tuple[str, bytes]] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 (boto3's names)
        self.called.append((FunctionName, Payload))
        return {"Payload": io.BytesIO(b"said"), **self.answer}


def test_the_function_is_called_and_answered() -> None:
    function = Lambda({})
    assert index_anew({"lambda": function}.__getitem__, "xueshi-catalog-index") == "said"
    assert function.called == [("xueshi-catalog-index", b'{"anew": true}')]


def test_why_it_failed_is_told() -> None:
    with pytest.raises(OpsError, match="xueshi-catalog-index failed: said"):
        index_anew({"lambda": Lambda({"FunctionError": "Unhandled"})}.__getitem__, "xueshi-catalog-index")
