"""The test vectors are what their command makes, say every code of the format, and our own code agrees with them."""

import json
import re
from typing import Any

import pytest

from docs.vectors import HOME, differences, make
from services.kit.heads import digest_of
from services.kit.tlog.policies import read_policy
from services.kit.tlog.proofs import verify_proof
from services.playback.app.evidence.packs import pack_digest

FORMAT = HOME.with_name("evidence-format.md")
VECTORS: list[dict[str, Any]] = json.loads((HOME / "vectors.json").read_bytes())
ACCEPTED = [vector for vector in VECTORS if vector["verdict"] == "accepted"]


def test_the_vectors_are_what_the_command_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert differences() == []
    monkeypatch.setattr("docs.vectors.make", lambda: {**make(), "new": b"", "empty.json": b"more"})
    assert differences() == ["empty.json", "new"]


def test_the_vectors_meet_every_code_of_the_format_and_no_other() -> None:
    text = FORMAT.read_text("utf-8")
    tables = [
        text.split("### What must agree")[1].split("####")[0],
        text.split("### What must hold")[1].split("## Verdicts")[0],
        text.split("| code | of what |")[1].split("All problems")[0],
    ]
    rows = [row for table in tables for row in re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)]
    codes = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)}
    assert {code for vector in VECTORS for code in vector["problems"]} == codes | {"certificate_times"}


@pytest.mark.parametrize("vector", ACCEPTED, ids=lambda vector: vector["name"])
def test_what_the_vectors_accept_our_own_reading_of_proofs_accepts(vector: dict[str, Any]) -> None:
    policy = read_policy((HOME / vector["policy"]).read_text("utf-8"))
    text = (HOME / vector["document"]).read_text("utf-8")
    bundle = json.loads(text)
    proof = (HOME / vector["proof"]).read_text("utf-8") if vector["proof"] else bundle["proof"]
    statement = bundle.get("statement") or (text if "code" in bundle else None)
    digest = digest_of(statement.encode()) if statement else pack_digest(bundle.get("pack", bundle))
    assert verify_proof(proof, bytes.fromhex(digest), policy).cosigned_at
