"""Verifies ledgers: `python -m services.credits.cli.verify_chain --learner ID`, or `--all` for every one there is.

Runs with an operator's access to the table, the key ring and the archive (TABLE_NAME, OUTBOX_TABLE_NAME,
KEYRING_SECRET_ID, RECORDS_BUCKET_NAME). Every ledger is checked against its own head, and against each day's heads,
which the transparency log at `--log` must have; `--all` also finds ledgers that have vanished, and entries that are not
under their day. `--policy` says which log and witnesses are trusted, `--checkpoint` what the log was on earlier days.
Exit status: 0 whole, 1 broken (every fault is named).
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import boto3

from services.credits import bootstrap
from services.credits.adapters.table_inventory import scan_inventory
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.read_heads import HeadsReport, LogView, read_all_heads
from services.credits.app.ledger.sealed_records import HeadsFolder
from services.credits.app.ledger.verify_ledger import Verdict, verify_all, verify_ledger
from services.credits.cli.log_proofs import proofs_at
from services.credits.domain.ids import LearnerId
from services.credits.domain.verification import Fault
from services.kit.cli.operator import act_as_function
from services.kit.tlog.notes import read_note
from services.kit.tlog.policies import read_policy

EVERY = 100
"""After how many ledgers the count is said."""


def main() -> int:
    """Prints the verdicts; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m services.credits.cli.verify_chain", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--learner", type=LearnerId, help="the learner's opaque id")
    chosen.add_argument("--all", action="store_true", help="every ledger; scans the table")
    parser.add_argument("--log", required=True, help="the address of the system, which answers the log's proofs")
    parser.add_argument("--policy", required=True, type=Path, help="trusted log and witnesses (tlog-policy)")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="the log's, of an earlier day")
    options = parser.parse_args()
    act_as_function()
    policy = read_policy(options.policy.read_text("utf-8"))
    older = [policy.accept(read_note(path.read_text("utf-8"))) for path in options.checkpoint]
    ledger, log = bootstrap.ledger(), LogView(proofs_at(options.log), policy, older)
    report = read_all_heads(ledger, HeadsFolder(bootstrap.records().objects), log)
    sys.stdout.write(describe_heads(report))
    if options.all:
        return _all(ledger, report)
    verdict = verify_ledger(ledger, options.learner, report.heads.get(options.learner, ()), report.sealed)
    sys.stdout.write(f"{options.learner}: {describe(verdict)}\n")
    return 1 if verdict.faults or report.problems else 0


def _all(ledger: LedgerContext, report: HeadsReport) -> int:
    inventory = scan_inventory(boto3.client("dynamodb"), os.environ["TABLE_NAME"], _counter("items read"))
    say, ledgers, entries, broken = _counter("ledgers checked"), 0, 0, 0
    for learner_id, verdict in verify_all(ledger, report, inventory):
        ledgers, entries = ledgers + 1, entries + verdict.entries
        if verdict.faults:
            broken += 1
            sys.stdout.write(f"{learner_id}: {describe(verdict)}\n")
        say(ledgers)
    sys.stdout.write(f"{ledgers} ledgers with {entries} entries checked: {broken} broken\n")
    return 1 if broken or report.problems else 0


def _counter(what: str) -> Callable[[int], None]:
    """Says how far it is, on standard error, now and then."""

    def say(number: int) -> None:
        if number % EVERY == 0:
            sys.stderr.write(f"{number} {what} ...\n")

    return say


def describe_heads(report: HeadsReport) -> str:
    """Up to when a roll-back would be found, and a line for each fault of the heads and the log."""
    said = f"logged up to {report.sealed.last}" if report.sealed else "nothing is logged yet"
    lines = [f"{said}: a roll-back to any state of after that cannot be seen", *(f"  {p}" for p in report.problems)]
    return "\n".join(lines) + "\n"


def describe(verdict: Verdict) -> str:
    """The verdict in one line, with every fault."""
    if not verdict.faults:
        return f"whole, {verdict.entries} entries"
    return f"BROKEN ({verdict.entries} entries found): {'; '.join(map(_described, verdict.faults))}"


def _described(fault: Fault) -> str:
    place = f"entry {fault.number}" if fault.number else "the head"
    return f"{place}: {fault.kind}"


if __name__ == "__main__":
    sys.exit(main())
