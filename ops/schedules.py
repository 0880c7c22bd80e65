"""Lists what runs on a schedule, or runs it now: `python -m ops.schedules --stage STAGE [NAME ...]`.

Whatever a schedule calls does all that is due by then, so that calling it once more does no harm.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from infra.packaging import SERVICES
from infra.stages import Stage
from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser


@dataclass(frozen=True)
class Scheduled:
    """One schedule: when it calls what."""

    name: str
    expression: str
    function: str


def schedules(clients: Clients, where: Stage) -> Iterator[Scheduled]:
    """All of the stage's."""
    scheduler = clients("scheduler")
    pages = scheduler.get_paginator("list_schedules").paginate(NamePrefix=f"{where.prefix}-")
    for page in pages:
        for listed in page["Schedules"]:
            # "xueshi-" also begins the names of the stage "xueshi-dev".
            if listed["Name"].removeprefix(f"{where.prefix}-").split("-")[0] not in SERVICES:
                continue
            found = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
            yield Scheduled(found["Name"], found["ScheduleExpression"], found["Target"]["Arn"])


def run(clients: Clients, scheduled: Scheduled) -> str:
    """Calls the function and waits; answers what it answered. Raises OpsError where it failed."""
    answer = clients("lambda").invoke(FunctionName=scheduled.function, Payload=b"{}")
    said: str = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise OpsError(f"{scheduled.name} failed: {said}")
    return said


def main() -> int:
    """Parses the command line; answers the exit status."""
    parser = stage_parser("ops.schedules", __doc__)
    parser.add_argument("name", nargs="*", help="what to run now; nothing: only list")
    options = parser.parse_args()
    try:
        where = asked_stage(options)
        clients = clients_of(where)
        known = {scheduled.name: scheduled for scheduled in schedules(clients, where)}
        unknown = sorted(set(options.name) - set(known))
        if unknown:
            raise OpsError(f"There is no schedule named {', '.join(unknown)}.")
        for name in options.name:
            print(f"{name}: {run(clients, known[name])}")
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    for scheduled in known.values() if not options.name else ():
        print(f"{scheduled.name}: {scheduled.expression}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
