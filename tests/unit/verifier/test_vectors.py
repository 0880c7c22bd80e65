"""The stranger's verifier says of each test vector what stands there, and needs nothing but Python and cryptography."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from xueshi_verify import command, notes, signatures
from xueshi_verify.check import MAX_DOCUMENT_BYTES, Files, Result, Verdict, check
from xueshi_verify.report import NOT_PROVED_OF_PACKS, PROBLEMS, lines

ROOT = Path(__file__).parents[3]
HOME = ROOT / "docs" / "evidence-vectors"
PACKAGE = ROOT / "verifier" / "xueshi_verify"
VECTORS: list[dict[str, Any]] = json.loads((HOME / "vectors.json").read_bytes())
KEPT = ("--jwks", str(HOME / "jwks.json"), "--policy", str(HOME / "policy.txt"))


def content(name: str) -> bytes:
    """A vector's file."""
    return (HOME / name).read_bytes()


def checked(vector: dict[str, Any]) -> Result:
    """What the verifier says of a vector."""
    proof = content(vector["proof"]) if vector["proof"] else None
    kept = [content(name) for name in vector["checkpoints"]]
    return check(Files(content(vector["document"]), content(vector["policy"]), content(vector["jwks"]), proof, kept))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_is_judged_as_it_says(vector: dict[str, Any]) -> None:
    result = checked(vector)
    assert (result.verdict, sorted({problem.code for problem in result.problems})) == (
        vector["verdict"],
        vector["problems"],
    )


def test_every_problem_has_its_words_in_both_languages() -> None:
    for code in {code for vector in VECTORS for code in vector["problems"]}:
        english, chinese = PROBLEMS[code]
        assert english.isascii()
        assert not chinese.isascii()


def test_it_imports_the_standard_library_cryptography_and_itself() -> None:
    imported: set[str] = set()
    for module in set(PACKAGE.glob("*.py")) - {PACKAGE / "tiles.py"}:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                imported.add((node.module or "").partition(".")[0])
    assert imported - sys.stdlib_module_names == {"cryptography", "xueshi_verify"}
    assert not imported & {"socket", "urllib", "http", "subprocess", "importlib"}


def test_nothing_of_the_system_imports_it() -> None:
    for folder in ("services", "infra", "local", "ops", "demo", "docs"):
        for module in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"(import|from) xueshi_verify", module.read_text("utf-8")), module


def test_it_runs_where_nothing_of_the_system_is(tmp_path: Path) -> None:
    line = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})\n" + RUN]
    done = subprocess.run([*line, str(HOME / "genuine-pack.json"), *KEPT], cwd=tmp_path, capture_output=True, text=True)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ACCEPTED")


RUN = """
from xueshi_verify.command import main
status = main()
assert not [name for name in sys.modules if name.partition(".")[0] in ("services", "docs", "tests")]
sys.exit(status)
"""


def test_the_command_says_what_is_proved_and_what_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        status = command.main(arguments)
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    status, said = run(str(HOME / "genuine-pack.json"), *KEPT)
    assert status == 0
    assert "witness w1 had seen that at 2026-09-21T15:13:20+00:00" in said
    for text in NOT_PROVED_OF_PACKS:
        assert all(each in said for each in text)
    status, said = run(str(HOME / "changed-pack.json"), *KEPT)
    assert status == 1
    assert PROBLEMS["signature"][1] in said
    assert "Proved" not in said
    for broken in ("cut-off.json", "nested.json", "no such file", "."):
        assert run(str(HOME / broken), *KEPT)[0] == 2
    assert run(str(HOME / "genuine-certificate.json"), *KEPT[2:])[0] == 0
    assert run(str(HOME / "genuine-pack.json"), *KEPT[2:])[0] == 2, "a pack needs keys"
    apart = str(HOME / "genuine-pack-apart.json")
    assert run(apart, *KEPT, "--proof", str(HOME / "genuine-pack.tlog-proof"))[0] == 0


def test_what_is_too_large_is_not_read() -> None:
    for files in (
        Files(b" " * MAX_DOCUMENT_BYTES + content("genuine-pack.json"), content("policy.txt"), content("jwks.json")),
        Files(content("genuine-pack.json"), b"#" * 65_536 + content("policy.txt"), content("jwks.json")),
        Files(content("genuine-pack.json"), content("policy.txt"), b" " * 65_536 + content("jwks.json")),
        Files(content("genuine-pack-apart.json"), content("policy.txt"), content("jwks.json"), b"x" * 65_537),
    ):
        assert check(files).verdict is Verdict.UNREADABLE


def test_terminals_are_not_steered_by_what_a_file_says() -> None:
    result = Result([], Verdict.ACCEPTED, statement={**STATEMENT, "title": "\x1b[2Jgone"})
    assert not [line for line in lines(result) if "\x1b" in line]


STATEMENT = json.loads(json.loads(content("genuine-certificate.json"))["statement"])


def test_its_groups_have_the_orders_of_the_curves() -> None:
    key = ec.derive_private_key(signatures.ORDER - 1, ec.SECP256R1())
    assert key.private_numbers().private_value == signatures.ORDER - 1
    with pytest.raises(ValueError, match=r"[Ii]nvalid"):
        ec.derive_private_key(signatures.ORDER, ec.SECP256R1())
    assert pow(2, notes.ORDER - 1, notes.ORDER) == 1


def test_a_reader_that_stops_reading_makes_no_traceback() -> None:
    at_home = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})\n"
    line = [sys.executable, "-I", "-c", at_home + RUN, str(HOME / "genuine-pack.json"), *KEPT]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert (running.stderr.read(), running.wait()) == (b"", 0)
