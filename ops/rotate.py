"""Rotates keys and secrets while people go on: `python -m ops.rotate --stage STAGE NAME ...`.

Each rotation goes by steps, and waits between them until everything in flight has taken the last one. What is there
says how far it is: interrupted, the same command goes on. docs/operations.md says when each is due and what is seen.
"""

import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from infra.stages import Stage
from ops.aws import EMULATED, Clients, OpsError, asked_stage, clients_of, stage_parser
from ops.rotation.keyring import ServiceKeyRing
from ops.rotation.media import MediaKey
from ops.rotation.origin import OriginHeader
from ops.rotation.signing import SigningKey
from ops.rotation.steps import Pace, Rotation, Subject, advance

EMULATED_PACE = Pace(edge=timedelta(seconds=5))
"""Where the edge is played on this machine."""

ROTATIONS: Mapping[str, Callable[[Subject], Rotation]] = {
    "origin": OriginHeader,
    "media": MediaKey,
    "playback-keyring": partial(ServiceKeyRing, service="playback"),
    "credits-keyring": partial(ServiceKeyRing, service="credits"),
    "evidence": partial(SigningKey, part="Playback", name="EvidenceKey"),
    "credentials": partial(SigningKey, part="Credits", name="BadgeKey"),
}
"""What can be rotated, by name."""


def subject(clients: Clients, where: Stage) -> Subject:
    """The stage, at the pace of its account."""
    emulated = clients("sts").get_caller_identity()["Account"] == EMULATED
    return Subject(clients, where, EMULATED_PACE if emulated else Pace())


def rotate(chosen: Mapping[str, Rotation], say: Callable[[str], None]) -> None:
    """Goes on with each that is under way, begins the others, and waits until all are complete. Raises OpsError."""
    for rotation in chosen.values():
        if not rotation.under_way:
            rotation.begin()
    told: dict[str, str] = {}
    while True:
        steps = {name: advance(rotation, datetime.now(UTC)) for name, rotation in chosen.items()}
        for name, step in steps.items():
            until = f", until {step.ready_at:%H:%M:%S} UTC" if step.ready_at else ""
            if told.get(name) != step.said:
                say(f"{name}: {step.said}{until}")
                told[name] = step.said
        ready = [step.ready_at for step in steps.values() if step.ready_at]
        if not ready:
            return
        time.sleep(max(0.0, (min(ready) - datetime.now(UTC)).total_seconds()))


def main() -> int:
    """Parses the command line; answers the exit status."""
    parser = stage_parser("ops.rotate", __doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ROTATIONS)}; nothing: how each stands")
    parser.add_argument("--back", action="store_true", help="take the last step of these back instead")
    options = parser.parse_args()
    if options.back and not options.names:
        parser.error("say which to take back")
    try:
        where = asked_stage(options)
        unknown = sorted(set(options.names) - set(ROTATIONS))
        if unknown:
            raise OpsError(f"There is no {', '.join(unknown)} to rotate; there are {', '.join(ROTATIONS)}.")
        on = subject(clients_of(where), where)
        chosen = {name: ROTATIONS[name](on) for name in options.names or ROTATIONS}
        for rotation in chosen.values() if options.back else ():
            rotation.go_back()
        if options.names and not options.back:
            rotate(chosen, lambda text: print(text, flush=True))
        else:
            print("\n".join(f"{name}: {rotation.next().said}" for name, rotation in chosen.items()))
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
