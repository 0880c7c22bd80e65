"""What `make audit` makes of checkov's findings."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.audit.templates import Found, accepted, findings, stale, unanswered

BUCKET, QUEUE = "/Stack/Bucket", "/Stack/Queue"


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """A stack of a bucket, of which something is accepted, and a queue."""
    metadata: dict[str, Any] = {
        BUCKET: [{"type": "aws:cdk:acknowledged-rules", "data": {"Annotation::checkov-CKV_1": "Why."}}],
        f"{BUCKET}/Resource": [{"type": "aws:cdk:logicalId", "data": "Bucket1"}],
        f"{QUEUE}/Resource": [{"type": "aws:cdk:logicalId", "data": "Queue1"}],
    }
    (tmp_path / "Stack.metadata.json").write_text(json.dumps(metadata))
    return tmp_path


def report(**checks: str) -> dict[str, Any]:
    """As checkov writes it: the failed check of each resource."""
    rows = [
        {"file_path": "/Stack.template.json", "resource": f"AWS::X.{name}", "check_id": check}
        for name, check in checks.items()
    ]
    return {"results": {"failed_checks": rows}}


def test_what_is_accepted_of_a_resource_is_of_that_one_alone(assembly: Path) -> None:
    found = list(findings(assembly, report(Bucket1="CKV_1", Queue1="CKV_1")))
    known = list(accepted(assembly))
    assert unanswered(found, known) == [Found(f"{QUEUE}/Resource", "CKV_1")]
    assert stale(found, known) == []


def test_an_acceptance_for_which_nothing_is_found_is_stale(assembly: Path) -> None:
    found = list(findings(assembly, report(Bucket1="CKV_2")))
    known = list(accepted(assembly))
    assert unanswered(found, known) == [Found(f"{BUCKET}/Resource", "CKV_2")]
    assert stale(found, known) == [Found(BUCKET, "CKV_1")]


def test_an_acceptance_for_several_resources_is_stale() -> None:
    found = [Found(f"{place}/Resource", "CKV_1") for place in (BUCKET, QUEUE)]
    assert stale(found, [Found("/Stack", "CKV_1")]) == [Found("/Stack", "CKV_1")]
