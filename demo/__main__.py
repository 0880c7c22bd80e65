"""`make demo`: one learner watches honestly, one cheats, on the same course at the same time. Under two minutes."""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from demo.accounts import CreateAccount, NotRunning, create_locally, new_member
from demo.chart import Panel, span_s, svg_chart, terminal_chart
from demo.cheater import Cheater, Result, cheat
from demo.client import Client, Refused, Traffic
from demo.display import Display, attack_table, balance_table, ledger_table
from demo.player import Moment, Player, answers_of

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "build" / "demo-chart.svg"
SHORTEST_MS, LONGEST_MS = 55_000, 95_000
"""The demo takes a member-recommended course of about 60 to 90 seconds."""
LEDGER_WAIT_S = 30.0
CERTIFICATES = ("AFP", "CFP")


@dataclass
class Demo:
    """One run."""

    console: Console
    client: Client
    create: CreateAccount
    honest_moments: list[Moment] = field(default_factory=list)
    cheater_moments: list[Moment] = field(default_factory=list)

    def run(self) -> list[Result]:
        """The whole story. Raises Refused, NotRunning, httpx.TransportError."""
        course = self._course()
        honest = new_member(self.client, self.create, "honest", *CERTIFICATES)
        cheating = new_member(self.client, self.create, "cheating", *CERTIFICATES)
        self._say("Two new members, each with an AFP and a CFP certificate, claim the course.")
        for learner in (honest, cheating):
            self._claim(learner, course["course_id"])
        results = self._watch(honest, cheating, course)
        self._ledgers(honest, cheating, course["course_id"])
        self._charts(course["media"]["duration_ms"])
        return results

    def _course(self) -> dict[str, Any]:
        courses = self.client.get("/v1/catalog/courses").accepted()["courses"]
        suitable = [c for c in courses if c["member_recommended"] and SHORTEST_MS <= c["duration_ms"] <= LONGEST_MS]
        if not suitable:
            raise NotRunning("The catalogue has no short member-recommended course: start again with `make run`.")
        shortest = min(suitable, key=lambda c: (c["duration_ms"], c["course_id"]))
        page: dict[str, Any] = self.client.get(f"/v1/catalog/courses/{shortest['course_id']}").accepted()
        eligible = ", ".join(line["credential"] for line in page["eligibility"] if line["eligible"])
        self.console.rule(f"{page['title']}")
        self._say(
            f"{page['hours']} hours for {eligible}; {page['media']['duration_ms'] / 1000:.0f} s of video; "
            f"maximum rate {page['watch']['max_rate']}; recommended to members."
        )
        return page

    def _claim(self, learner: Client, course_id: str) -> None:
        before = learner.get(f"/v1/orders/courses/{course_id}/state").accepted()["state"]
        claimed = learner.post("/v1/orders/claims", {"course_id": course_id}).accepted()
        after = learner.get(f"/v1/orders/courses/{course_id}/state").accepted()["state"]
        self._say(f"  {before} → claimed (entitlement {claimed['entitlement_id'][:8]}…) → {after}")

    def _watch(self, honest: Client, cheating: Client, course: dict[str, Any]) -> list[Result]:
        course_id = course["course_id"]
        with Display(self.console) as display, ThreadPoolExecutor(1) as pool:

            def seen(moment: Moment) -> None:
                self.honest_moments.append(moment)
                display.honest(moment)

            player = Player(honest, course_id, seen)
            player.study(answers_of(course_id))
            cheater = Cheater(cheating, course_id, self.cheater_moments.append)
            player.start()
            self._announce(player.state)
            _await_entitlement(cheater)
            attacks = pool.submit(cheat, cheater, lambda: player.state, display.cheated)
            player.watch()
            results = attacks.result()
        self.console.print(attack_table(results))
        last = self.cheater_moments[-1]
        self._say(
            f"The cheater's script ran {last.at_s:.0f} s and was credited {last.credited_ms / 1000:.1f} s, "
            f"completed: {last.state['completed']}."
        )
        return results

    def _announce(self, state: dict[str, Any]) -> None:
        self._say(
            f"Watching starts. The rules, announced beforehand: {state['prompts']['total']} prompts at moments nobody "
            f"knows, credit for real time only, complete when all of it is covered and every prompt confirmed."
        )

    def _ledgers(self, honest: Client, cheating: Client, course_id: str) -> None:
        deadline = time.monotonic() + LEDGER_WAIT_S
        while not (entries := _timeline(honest)) and time.monotonic() < deadline:
            time.sleep(0.2)
        if not any(entry["kind"] == "award" and entry["course_id"] == course_id for entry in entries):
            raise NoHours(f"No hours arrived in the ledger within {LEDGER_WAIT_S:.0f} s.")
        self.console.print(ledger_table("The honest learner's ledger", entries))
        self.console.print(balance_table(honest.get("/v1/credits/account").accepted()["certificates"]))
        self.console.print(f"The cheater's ledger has {len(_timeline(cheating))} entries.")

    def _charts(self, duration_ms: int) -> None:
        panels = [
            Panel("Honest learner", self.honest_moments, duration_ms),
            Panel("Cheater", self.cheater_moments, duration_ms),
        ]
        self.console.print("\nPosition claimed ([red]━[/red]) and credited ([green]█[/green]) over real time\n")
        for panel in panels:
            self.console.print(terminal_chart(panel, span_s(panels)))
        CHART.parent.mkdir(parents=True, exist_ok=True)
        CHART.write_text(svg_chart(panels), encoding="utf-8")
        self.console.print(f"The same as a drawing: {CHART.relative_to(ROOT)}")

    def _say(self, text: str) -> None:
        self.console.print(text)


class NoHours(Exception):
    """The award did not come."""


def _await_entitlement(cheater: Cheater) -> None:
    Player(cheater.client, cheater.course_id).start(take_over=True)


def _timeline(learner: Client) -> list[dict[str, Any]]:
    return list(learner.get("/v1/credits/timeline").accepted()["entries"])


def verdict(traffic: Traffic, results: Sequence[Result]) -> list[str]:
    """What is wrong with a run; nothing if it went as it must."""
    wrong = [f"answered on the server's side: {failure}" for failure in traffic.failures]
    wrong += [f"{r.name}: credited {r.beyond_ms} ms beyond real time" for r in results if r.beyond_ms]
    return wrong


def main() -> int:
    """Runs the demo; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="of the running system (default %(default)s)")
    url = parser.parse_args().url
    console, traffic = Console(highlight=False, soft_wrap=True), Traffic()
    create = partial(create_locally, httpx.URL(url).port or 80)
    try:
        results = Demo(console, Client(url, traffic), create).run()
    except httpx.ConnectError:
        return _fail(f"Nothing answers at {url}: start the system with `make run` in another terminal.")
    except httpx.TransportError as error:
        return _fail(f"The system at {url} stopped answering ({type(error).__name__}): look at `make run`.")
    except (NotRunning, NoHours) as error:
        return _fail(str(error))
    except Refused as refused:
        return _fail(f"The demo stopped, because the server refused a step: {refused}")
    statuses = ", ".join(f"{status} ×{count}" for status, count in sorted(traffic.by_status.items()))
    console.print(f"{traffic.total} requests: {statuses}. Answers with 5xx: {len(traffic.failures)}.")
    wrong = verdict(traffic, results)
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
