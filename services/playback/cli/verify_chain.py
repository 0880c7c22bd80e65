"""Verifies the signed records of a learner's watches: `verify_chain --policy POLICY.txt --learner ID`.

Runs with an operator's access: TABLE_NAME, OUTBOX_TABLE_NAME, KEYRING_SECRET_ID, EVIDENCE_BUCKET_NAME,
LOG_BUCKET_NAME.
Every watch is checked against its own head, and against each day's heads as the transparency log has them. The policy
says which log and witnesses are trusted: the auditor's own copy, as one keeps a public key. With `--checkpoint`, a copy
of the log's checkpoint of an earlier day, it is also checked that the log begins with what it was then.
Exit status: 0 whole, 1 broken (every fault is named).
"""

import argparse
import sys
from pathlib import Path

from services.kit.cli.operator import act_as_function
from services.kit.tlog.policies import read_policy
from services.playback import bootstrap
from services.playback.app.context import VerificationContext
from services.playback.app.evidence.read_heads import HeadsReport, read_all_heads
from services.playback.app.evidence.verify_watches import Verdict, verify_watches
from services.playback.app.log.check_log import LogView, view_log
from services.playback.domain.ids import LearnerId


def main() -> int:
    """Prints what was found; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m services.playback.cli.verify_chain", description=__doc__)
    parser.add_argument("--learner", required=True, action="append", help="an opaque id; as often as there are")
    parser.add_argument("--policy", required=True, type=Path, help="trusted log and witnesses (tlog-policy)")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="the log's, of an earlier day")
    options = parser.parse_args()
    act_as_function()
    older = [path.read_text("utf-8") for path in options.checkpoint]
    log = view_log(bootstrap.log_files(), read_policy(options.policy.read_text("utf-8")), older)
    faults = [_verify(bootstrap.verification(), log, LearnerId(learner)) for learner in options.learner]
    return 1 if any(faults) else 0


def _verify(ctx: VerificationContext, log: LogView, learner_id: LearnerId) -> bool:
    """Whether anything of one learner is broken; says what was found."""
    report = read_all_heads(ctx, log, learner_id)
    verdicts = verify_watches(ctx, report, learner_id)
    sys.stdout.write(describe_heads(report))
    for verdict in verdicts:
        sys.stdout.write(describe(verdict))
    sys.stdout.write(f"{len(verdicts)} watches checked\n")
    return bool(report.problems) or any(verdict.findings for verdict in verdicts)


def describe_heads(report: HeadsReport) -> str:
    """Up to when a rollback would be found, and a line for each fault of the heads and the log."""
    said = f"logged up to {report.sealed.last}" if report.sealed else "nothing is logged yet"
    lines = [f"{said}: a roll-back to any state of after that cannot be seen", *(f"  {p}" for p in report.problems)]
    return "\n".join(lines) + "\n"


def describe(verdict: Verdict) -> str:
    """The verdict in a line, and a line for each fault."""
    state = "BROKEN" if verdict.findings else "whole"
    lines = [f"watch {verdict.watch_id} of {verdict.course_id or 'an unknown course'}: {state}, {verdict.legs} legs"]
    lines += [f"  leg {finding.number}: {finding.problem}" for finding in verdict.findings]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
