"""A small, always equal sample of what `make fuzz` asks at length: the API does what its document says, and no more.

The public fuzzer reads the document alone and knows nothing of the code. Left out of its checks, for want of what they
look at: `use_after_free`, `ensure_resource_availability` and `object_level_authorization` follow what was created, and
tests/security asks for what is somebody else's.
"""

from typing import Any, Literal

import schemathesis
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.schemas import OpenApiSchema

from docs.generate import ROOT
from tests.behind_gateway import TOKENS, behind_gateway

NOBODY = "no token of ours"
THINNING = 6
"""One of so many operations is gone through member by member."""


def document(phase: Literal["fuzzing", "coverage"]) -> OpenApiSchema:
    """The document, for one of the fuzzer's phases."""
    config = schemathesis.Config.from_path(ROOT / "tests/schemathesis.toml")
    project = config.projects.default
    project.generation.update(deterministic=True, max_examples=3, database="none")
    project.phases.update(phases=[phase])
    # One of the methods that an address does not have; the long run tries all of them.
    project.phases.coverage.unexpected_methods = {"patch"}
    found = schemathesis.openapi.from_path(ROOT / "docs/openapi/xueshi.json", config=config)
    found.app = behind_gateway()
    return found


EVERY = document("fuzzing")
LABELS = sorted(found.ok().label for found in EVERY.get_all_operations() if isinstance(found, Ok))
SOME = document("coverage").include(name=LABELS[::THINNING])


@EVERY.parametrize()
def test_the_document_is_kept(case: schemathesis.Case[Any]) -> None:
    tokens = [*TOKENS, NOBODY] if "x-roles" in case.operation.definition.raw else [NOBODY]
    for token in tokens:
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"})


@SOME.parametrize()
def test_each_member_is_taken_and_refused_as_documented(case: schemathesis.Case[Any]) -> None:
    token = "learner" if "learner" in case.operation.definition.raw.get("x-roles", ()) else "staff"
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
