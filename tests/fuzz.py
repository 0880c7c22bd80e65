"""The long run of the public fuzzer over HTTP, which `make fuzz` starts: each role asks what it may.

`python -m tests.fuzz --minutes 30` runs a system of its own; with `--url` it asks one that runs with the demo's
accounts, and leaves in it what it made. tests/schemathesis.toml says what is checked; tests/contracts has the sample.
Whoever has no role asks what is open to all: what is not, the fuzzer itself asks with no token and with a false one.
"""

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from demo.client import Client
from docs.generate import ROOT
from local.seed import ACCOUNTS, PASSWORD
from local.steps import Steps
from local.system import start
from services.kit.identity import Role

DOCUMENT = ROOT / "docs/openapi/xueshi.json"
CONFIG = ROOT / "tests/schemathesis.toml"
REPORT = ROOT / "build/fuzz.json"
"""What the fuzzer counted, of the role that asked last."""
NOBODY = "nobody"


@dataclass(frozen=True)
class Outcome:
    """What came of one role's questions: how many there were, about how many operations, and of how many none."""

    who: str
    requests: int
    asked: int
    unasked: int
    found: bool


def main() -> int:
    """The exit status: 0 where everything was asked and nothing found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="for everybody together (default 30)")
    parser.add_argument("--url", help="the one origin of a system that runs; without it one is started")
    options = parser.parse_args()
    # What staff without a second factor may call, everybody may.
    callers = (NOBODY, *(role for role in Role if role is not Role.UNPROVEN))
    asked = {who: ids for who in callers if (ids := operations(who))}
    each_s = options.minutes * 60 / sum(map(len, asked.values()))
    console = Console(highlight=False)
    with contextlib.ExitStack() as cleanup:
        url = options.url or cleanup.enter_context(_system(console))
        outcomes = []
        for who, ids in asked.items():
            console.rule(f"{who}: {len(ids)} operations, {each_s * len(ids):.0f} s")
            outcomes.append(_run(url, who, _token(url, who), ids, max(1, round(each_s * len(ids)))))
    console.rule("all")
    for line in told(outcomes):
        console.print(line)
    return 1 if any(outcome.found or outcome.unasked for outcome in outcomes) else 0


def told(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What is said at the end: a line for each, and what follows from them."""
    for each in outcomes:
        found = "found something, see above" if each.found else "found nothing"
        yield f"{each.who}: {found}, in {each.requests} requests to {each.asked} operations"
    if unasked := sum(each.unasked for each in outcomes):
        yield f"There was no time for {unasked} operations: give it more MINUTES."


def operations(who: str) -> list[str]:
    """The ids of the operations that somebody asks: of a role what it may call; of nobody what is open to all."""
    paths = json.loads(DOCUMENT.read_text("utf-8"))["paths"]
    every = [operation for methods in paths.values() for operation in methods.values()]
    return [found["operationId"] for found in every if who in found.get("x-roles", (NOBODY,))]


@contextlib.contextmanager
def _system(console: Console) -> Iterator[str]:
    with TemporaryDirectory() as workdir, start(workdir=Path(workdir), seed=True, steps=Steps(console)) as system:
        yield system.base_url


def _token(url: str, who: str) -> str:
    """An access token of the demo's account with this role; of nobody one that opens nothing."""
    if who == NOBODY:
        return "no-token-of-ours"
    account = next(found for found in ACCOUNTS if (found.group or Role.LEARNER) == who)
    client = Client(url)
    try:
        return str(client.sign_in(account.email, PASSWORD).token)
    finally:
        client.close()


def _run(url: str, who: str, token: str, ids: list[str], seconds: int) -> Outcome:
    """What the fuzzer counted. It shows its progress and its findings by itself."""
    REPORT.unlink(missing_ok=True)
    asked = [option for id_ in ids for option in ("--include-operation-id", id_)]
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", str(DOCUMENT)),
        *("--url", url, "--header", f"Authorization: Bearer {token}", "--max-time", str(seconds), *asked),
        *("--continue-on-failure", "--suppress-health-check", "too_slow,filter_too_much"),
        *("--report", "json", "--report-json-path", str(REPORT)),
    ]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 (its own arguments)
    counted = json.loads(REPORT.read_text("utf-8"))
    tested = (counted["operations"] or {"tested": 0})["tested"]
    return Outcome(who, counted["test_cases"]["generated"], tested, len(ids) - tested, found=status != 0)


if __name__ == "__main__":
    sys.exit(main())
