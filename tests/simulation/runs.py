"""Runs of the simulation: starts the client's side, answers its requests, and yields what came of each run."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.toolchain import TOOLS, WEB, build_client
from tests.simulation.service import Service

BUILT = WEB / "node_modules" / ".simulation"
"""Where the built program finds the client's packages."""
SOURCE = "packages/client/src/watching/honest/main.ts"


@dataclass(frozen=True)
class Order:
    """What is to be run: each length (ms) at each rate over each network, with each seed from the first on."""

    durations_ms: Sequence[int]
    rates: Sequence[float]
    networks: Sequence[str]
    seeds: tuple[int, int]


@dataclass(frozen=True)
class Run:
    """What came of one: times in milliseconds of the lecture, but for `took_ms`."""

    duration_ms: int
    rate: float
    network: str
    seed: int
    completed: bool
    played_ms: float
    outage_ms: float
    again_ms: float
    took_ms: float
    trouble: str | None

    @property
    def kept(self) -> float:
        """The part of what was watched outside the outage that did not have to be watched again."""
        watched = self.played_ms - self.outage_ms
        return 1 - max(0.0, self.again_ms - self.outage_ms) / watched if watched else 1


def build() -> Path:
    """Builds the client's side as a program for node."""
    build_client()
    environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    command = [str(TOOLS / "npx"), "vite", "build", "--ssr", SOURCE, "--outDir", str(BUILT), "--logLevel", "error"]
    command.append("--emptyOutDir")
    subprocess.run(command, cwd=WEB, env=environment, check=True, capture_output=True)  # noqa: S603
    return BUILT / "main.js"


def runs(program: Path, order: Order) -> Iterator[Run]:
    """All runs of an order, in its order."""
    asked = {
        "durationsMs": order.durations_ms,
        "rates": order.rates,
        "networks": order.networks,
        "seeds": order.seeds,
    }
    command = [str(TOOLS / "node"), str(program), json.dumps(asked)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:  # noqa: S603
        assert client.stdin
        assert client.stdout
        service = None
        for line in client.stdout:
            message = json.loads(line)
            if "result" in message:
                yield _run(message)
            elif "begin" in message:
                service = Service(message["begin"]["durationMs"], message["begin"]["rate"])
            elif service:
                status, body = service.answer(**message)
                client.stdin.write(json.dumps({"status": status, "body": json.loads(body)}) + "\n")
                client.stdin.flush()
    if client.returncode:
        raise ChildProcessError(f"the client's side ended with {client.returncode}")


def _run(message: dict[str, Any]) -> Run:
    result = message["result"]
    return Run(
        duration_ms=message["durationMs"],
        rate=message["rate"],
        network=message["network"],
        seed=message["seed"],
        completed=result["completed"],
        played_ms=result["playedMs"],
        outage_ms=result["duringOutageMs"],
        again_ms=result["againMs"],
        took_ms=result["tookMs"],
        trouble=result["trouble"],
    )
