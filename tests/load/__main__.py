"""`make load`: whole journeys of many learners at once on the running system, counted, and held to the model of costs.

Locust sends the traffic; the wire counts what it asks of AWS. Then docs/capacity.md is written: what was counted beside
what the model says, and for each order of magnitude what breaks first and what to ask AWS for.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from demo.client import Client
from demo.people import grant_membership, hold_certificates, learner_id_of
from demo.player import answers_of
from local.emulator import ROOT
from local.seed import DOMAIN, PASSWORD
from local.steps import Steps
from local.system import System, start
from tests.bench.counting import OTHER, SHORT, Meter, open_doors
from tests.bench.counting import Step as Found
from tests.bench.model import counted
from tests.bench.wire import counted as counting
from tests.load.page import Compared, write

LOCUST = ROOT / ".venv-load" / "bin" / "locust"
JOURNEYS = Path(__file__).with_name("journeys.py")
MOST = 1.15
"""How much more than the model says may be asked for: some calls meet others and are made again, some are refused."""
LEAST = 0.85
"""How much less of what is written: a journey that wrote less did not do it all."""
STARTING_PER_S = 2


def main() -> int:
    """Runs it; answers 1 where the counts are not the model's, or a journey failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--learners", type=int, default=20, help="journeys at once (default %(default)s)")
    learners = parser.parse_args().learners
    with (
        TemporaryDirectory() as scratch,
        start(seed=True, steps=Steps(Console(stderr=True, highlight=False))) as system,
        counting(system.endpoint_url) as wire,
    ):
        open_doors(system, wire)
        plan = Path(scratch) / "plan.json"
        # One alone first: what functions ask for once in their lives is no part of a journey.
        plan.write_text(json.dumps(plan_for(system, 1)), "utf-8")
        run(system, plan)
        plan.write_text(json.dumps(plan_for(system, learners)), "utf-8")
        begun = time.monotonic()
        with Meter(system, wire).step() as found:
            result = run(system, plan)
        took_s = time.monotonic() - begun
    found.requests = result["steps"]["requests"]
    rows = compared(found, result["steps"])
    for line in result["failures"]:
        sys.stderr.write(f"{line}\n")
    for row in rows:
        sys.stdout.write(f"{row.told()}\n")
    wrong = [row.name for row in rows if not row.fits]
    if wrong or result["failures"]:
        sys.stderr.write(f"not as the model says: {', '.join(wrong)}; {len(result['failures'])} journeys failed\n")
        return 1
    write(rows, learners, took_s, result["times"])
    return 0


def plan_for(system: System, learners: int) -> dict[str, Any]:
    """What Locust needs to know; its accounts are made ready to learn."""
    public = Client(system.base_url)
    admin = public.sign_in(f"admin@{DOMAIN}", PASSWORD)

    def ready(number: int) -> dict[str, str]:
        email = f"load-{time.time_ns()}-{number}@{DOMAIN}"
        system.create_user(email, PASSWORD, [])
        learner = public.sign_in(email, PASSWORD)
        grant_membership(admin, learner_id_of(learner))
        hold_certificates(admin, learner, ["AFP"])
        revision = learner.get("/v1/credits/profile").accepted()["revision"]
        learner.patch("/v1/credits/profile", {"revision": revision, "email": email}).accepted()
        return {"email": email, "password": PASSWORD}

    with ThreadPoolExecutor(4) as pool:
        accounts = list(pool.map(ready, range(learners)))
    return {
        "accounts": accounts,
        "client_id": system.user_pool_client_id,
        "bought": OTHER,
        "watched": SHORT,
        "answers": answers_of(SHORT),
    }


def run(system: System, plan: Path) -> dict[str, Any]:
    """One journey of each account, all at once; answers what was done. Raises CalledProcessError."""
    result, users = plan.with_name("result.json"), len(json.loads(plan.read_text("utf-8"))["accounts"])
    line = [str(LOCUST), "-f", str(JOURNEYS), "--headless", "--host", system.base_url, "--only-summary"]
    line += ["--users", str(users), "--spawn-rate", str(STARTING_PER_S), "--exit-code-on-error", "0"]
    settings = {"PATH": os.defpath, "LOAD_PLAN": str(plan), "LOAD_RESULT": str(result)}
    subprocess.run(line, env=settings, check=True, stdout=sys.stderr)  # noqa: S603
    found: dict[str, Any] = json.loads(result.read_text("utf-8"))
    return found


def compared(found: Found, times: Mapping[str, int]) -> list[Compared]:
    """What was counted beside what the model says of as many steps."""
    steps = {name: (times.get(name, 0), step) for name, step in counted().items()}
    model = {
        "requests": sum(often * step.requests for often, step in steps.values()),
        "function calls": sum(often * sum(step.calls.values()) for often, step in steps.values()),
        "write units": sum(often * step.write_units for often, step in steps.values()),
        "read units": sum(often * step.read_units for often, step in steps.values()),
        "signatures": sum(often * step.aws.get("TrentService.Sign", 0) for often, step in steps.values()),
        "calls of the bus": sum(often * step.aws.get("AWSEvents.PutEvents", 0) for often, step in steps.values()),
    }
    here = {
        "requests": found.requests,
        "function calls": found.calls.total(),
        "write units": found.write_units,
        "read units": found.read_units,
        "signatures": found.aws["TrentService.Sign"],
        "calls of the bus": found.aws["AWSEvents.PutEvents"],
    }
    # What events cause comes in batches where many learners are at it, so these may be fewer.
    least = {"requests": LEAST, "write units": LEAST, "signatures": LEAST}
    return [Compared(name, here[name], model[name], least.get(name, 0.0), MOST) for name in model]


if __name__ == "__main__":
    sys.exit(main())
