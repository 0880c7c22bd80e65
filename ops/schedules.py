"""Lists what runs on a schedule, or runs it now: `python -m ops.schedules [NAME ...]`.

Whatever a schedule calls does all that is due by then, so that calling it once more does no harm.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from ops.redrive import Clients, RedriveError, clients_of


@dataclass(frozen=True)
class Scheduled:
    """One schedule: when it calls what."""

    name: str
    expression: str
    function: str


def schedules(clients: Clients) -> Iterator[Scheduled]:
    """All of ours."""
    scheduler = clients("scheduler")
    pages = scheduler.get_paginator("list_schedules").paginate(NamePrefix="xueshi-")
    for page in pages:
        for listed in page["Schedules"]:
            found = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
            yield Scheduled(found["Name"], found["ScheduleExpression"], found["Target"]["Arn"])


def run(clients: Clients, scheduled: Scheduled) -> str:
    """Calls the function and waits; answers what it answered. Raises RedriveError where it failed."""
    answer = clients("lambda").invoke(FunctionName=scheduled.function, Payload=b"{}")
    said: str = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise RedriveError(f"{scheduled.name} failed: {said}")
    return said


def main() -> int:
    """Parses the command line; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops.schedules", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help="what to run now; nothing: only list")
    parser.add_argument("--local", action="store_true", help="the local system that runs now, not AWS")
    options = parser.parse_args()
    try:
        clients = clients_of(local=options.local)
        known = {scheduled.name: scheduled for scheduled in schedules(clients)}
        unknown = sorted(set(options.name) - set(known))
        if unknown:
            raise RedriveError(f"There is no schedule named {', '.join(unknown)}.")
        for name in options.name:
            print(f"{name}: {run(clients, known[name])}")
    except RedriveError as error:
        print(error, file=sys.stderr)
        return 1
    for scheduled in known.values() if not options.name else ():
        print(f"{scheduled.name}: {scheduled.expression}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
