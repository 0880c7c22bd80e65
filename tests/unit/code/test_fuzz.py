"""The long run of the fuzzer says what it asked, and is not green for what it had no time for."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.kit.identity import Role
from tests import fuzz


def test_every_operation_is_asked_by_somebody_who_may() -> None:
    by = {who: fuzz.operations(who) for who in (fuzz.NOBODY, *Role)}
    assert {"list_courses", "verify_attestation"} <= set(by[fuzz.NOBODY])
    assert "beat" in by[Role.LEARNER]
    assert "beat" not in by[fuzz.NOBODY]
    paths = json.loads(fuzz.DOCUMENT.read_text("utf-8"))["paths"].values()
    assert {id_ for ids in by.values() for id_ in ids} == {o["operationId"] for path in paths for o in path.values()}


@pytest.mark.parametrize(
    ("status", "tested", "expected", "said"),
    [
        (0, None, 0, "nobody: found nothing, in 7 requests"),
        (1, None, 1, "nobody: found something, see above, in 7 requests"),
        (0, 1, 1, "There was no time for"),
    ],
)
def test_it_is_green_where_everything_was_asked_and_nothing_found(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    status: int,
    tested: int | None,
    expected: int,
    said: str,
) -> None:
    def run(command: list[str], **_: Any) -> SimpleNamespace:
        asked = command.count("--include-operation-id") if tested is None else tested
        fuzz.REPORT.write_text(json.dumps({"operations": {"tested": asked}, "test_cases": {"generated": 7}}))
        return SimpleNamespace(returncode=status)

    monkeypatch.setattr("sys.argv", ["fuzz", "--url", "http://nowhere"])
    monkeypatch.setattr(fuzz, "REPORT", tmp_path / "fuzz.json")
    monkeypatch.setattr(fuzz, "_token", lambda _url, who: who)
    monkeypatch.setattr("tests.fuzz.subprocess.run", run)
    assert fuzz.main() == expected
    assert said in capsys.readouterr().out
