"""The long run of the public fuzzer over HTTP, which `make fuzz` starts: each role asks what it may, nobody everything.

`python -m tests.fuzz --minutes 30` runs a system of its own; with `--url` it asks one that runs with the demo's
accounts, and leaves in it what it made. tests/schemathesis.toml says what is checked; tests/contracts has the sample.
"""

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
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
NOBODY = "nobody"


def main() -> int:
    """The exit status: 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="for everybody together (default 30)")
    parser.add_argument("--url", help="the one origin of a system that runs; without it one is started")
    options = parser.parse_args()
    asked = {who: ids for who in (NOBODY, *Role) if (ids := operations(who))}
    each_s = options.minutes * 60 / sum(map(len, asked.values()))
    console = Console(highlight=False)
    with contextlib.ExitStack() as cleanup:
        url = options.url or cleanup.enter_context(_system(console))
        tokens = {who: _token(url, who) for who in asked}
        found = []
        for who, ids in asked.items():
            console.rule(f"{who}: {len(ids)} operations, {each_s * len(ids):.0f} s")
            if not _run(url, tokens[who], ids, max(1, round(each_s * len(ids)))):
                found.append(who)
    console.print(f"Found something as {', '.join(found)}: see above." if found else "Nothing was found.")
    return 1 if found else 0


def operations(who: str) -> list[str]:
    """The ids of the operations that somebody asks: of a role what it may call; of nobody all there are."""
    paths = json.loads(DOCUMENT.read_text("utf-8"))["paths"]
    every = [operation for methods in paths.values() for operation in methods.values()]
    return [found["operationId"] for found in every if who == NOBODY or who in found.get("x-roles", ())]


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


def _run(url: str, token: str, ids: list[str], seconds: int) -> bool:
    """Whether the fuzzer found nothing. It shows its progress and its findings by itself."""
    asked = [option for id_ in ids for option in ("--include-operation-id", id_)]
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", str(DOCUMENT)),
        *("--url", url, "--header", f"Authorization: Bearer {token}", "--max-time", str(seconds), *asked),
        *("--continue-on-failure", "--suppress-health-check", "too_slow,filter_too_much"),
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0  # noqa: S603 (its own arguments)


if __name__ == "__main__":
    sys.exit(main())
