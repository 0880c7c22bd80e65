"""Verifies the signed records of a learner's watches: `python -m services.playback.cli.verify_chain --learner ID`.

Runs with an operator's access: TABLE_NAME, OUTBOX_TABLE_NAME, KEYRING_SECRET_ID, EVIDENCE_BUCKET_NAME,
EVIDENCE_KEY_IDS.
Every watch is checked against its own head, and against the daily anchors in the archive.
Exit status: 0 whole, 1 broken (every fault is named).
"""

import argparse
import sys

from services.playback import bootstrap
from services.playback.app.evidence.read_anchors import AnchorReport, read_anchors
from services.playback.app.evidence.verify_watches import Verdict, verify_watches
from services.playback.domain.ids import LearnerId


def main() -> int:
    """Prints what was found; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m services.playback.cli.verify_chain", description=__doc__)
    parser.add_argument("--learner", required=True, help="the learner's opaque id")
    learner_id = LearnerId(parser.parse_args().learner)
    ctx = bootstrap.verification()
    report = read_anchors(ctx, learner_id)
    verdicts = verify_watches(ctx, report, learner_id)
    sys.stdout.write(describe_anchors(report))
    for verdict in verdicts:
        sys.stdout.write(describe(verdict))
    sys.stdout.write(f"{len(verdicts)} watches checked\n")
    return 1 if report.problems or any(verdict.findings for verdict in verdicts) else 0


def describe_anchors(report: AnchorReport) -> str:
    """Up to when a rollback would be found, and a line for each fault of the anchors."""
    said = f"anchored up to {report.last_day}" if report.last_day else "not anchored yet"
    lines = [f"{said}: what was rolled back since then cannot be seen", *(f"  {p}" for p in report.problems)]
    return "\n".join(lines) + "\n"


def describe(verdict: Verdict) -> str:
    """The verdict in a line, and a line for each fault."""
    state = "BROKEN" if verdict.findings else "whole"
    lines = [f"watch {verdict.watch_id} of {verdict.course_id or 'an unknown course'}: {state}, {verdict.legs} legs"]
    lines += [f"  leg {finding.number}: {finding.problem}" for finding in verdict.findings]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
