"""Verifies the signed records of a learner's watches: `python -m services.playback.cli.verify_chain --learner ID`.

Runs with an operator's access: TABLE_NAME, OUTBOX_TABLE_NAME, KEYRING_SECRET_ID, EVIDENCE_BUCKET_NAME.
Exit status: 0 whole, 1 broken (every fault is named).
"""

import argparse
import sys

from services.playback import bootstrap
from services.playback.app.verify_watches import Verdict, verify_watches


def main() -> int:
    """Prints what was found; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m services.playback.cli.verify_chain", description=__doc__)
    parser.add_argument("--learner", required=True, help="the learner's opaque id")
    learner_id: str = parser.parse_args().learner
    verdicts = verify_watches(*bootstrap.verifying(), learner_id)
    for verdict in verdicts:
        sys.stdout.write(describe(verdict))
    sys.stdout.write(f"{len(verdicts)} watches checked\n")
    return 1 if any(verdict.findings for verdict in verdicts) else 0


def describe(verdict: Verdict) -> str:
    """The verdict in a line, and a line for each fault."""
    watch = verdict.watch
    state = "BROKEN" if verdict.findings else "whole"
    lines = [f"watch {watch.watch_id} of {watch.course_id}: {state}, {verdict.legs} legs"]
    lines += [f"  leg {finding.number}: {finding.problem}" for finding in verdict.findings]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
