"""A small, always equal sample of what `make fuzz` asks at length: the API does what its document says, and no more.

The public fuzzer reads the document alone and knows nothing of the code. Left out of its checks, for want of what they
look at: `use_after_free`, `ensure_resource_availability` and `object_level_authorization` follow what was created, and
tests/security asks for what is somebody else's.
"""

import json
from typing import Any, Literal

import schemathesis
from schemathesis.specs.openapi.schemas import OpenApiSchema

from docs.generate import ROOT
from tests.behind_gateway import TOKENS, behind_gateway

NOBODY = "no token of ours"
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs/openapi/xueshi.json").read_text("utf-8"))
GATEWAY = behind_gateway()


def schema(phase: Literal["fuzzing", "coverage"], paths: dict[str, Any]) -> OpenApiSchema:
    """The document with these paths, for one of the fuzzer's phases."""
    config = schemathesis.Config.from_path(ROOT / "tests/schemathesis.toml")
    project = config.projects.default
    project.generation.update(deterministic=True, max_examples=1, no_shrink=True, database="none")
    project.phases.update(phases=[phase])
    # One of the methods that an address does not have; the long run tries all of them.
    project.phases.coverage.unexpected_methods = {"patch"}
    found = schemathesis.openapi.from_dict({**DOCUMENT, "paths": paths}, config=config)
    found.app = GATEWAY
    return found


EVERY = schema("fuzzing", DOCUMENT["paths"])
SOME = schema("coverage", dict(sorted(DOCUMENT["paths"].items())[::8]))
"""Few addresses: each member of each request is gone through, which takes some thirty requests an operation."""


@EVERY.parametrize()
def test_the_document_is_kept(case: schemathesis.Case[Any]) -> None:
    tokens = [*TOKENS, NOBODY] if "x-roles" in case.operation.definition.raw else [NOBODY]
    for token in tokens:
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"})


@SOME.parametrize()
def test_each_member_is_taken_and_refused_as_documented(case: schemathesis.Case[Any]) -> None:
    token = "learner" if "learner" in case.operation.definition.raw.get("x-roles", ()) else "staff"
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
