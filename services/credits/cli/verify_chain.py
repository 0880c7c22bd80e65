"""Verifies ledgers: `python -m services.credits.cli.verify_chain --learner ID`, or `--all` for every one there is.

Runs with an operator's access to the table, the key ring and the archive (TABLE_NAME, OUTBOX_TABLE_NAME,
KEYRING_SECRET_ID, RECORDS_BUCKET_NAME). Every ledger is checked against its own head and against the daily anchors;
`--all` also finds ledgers that have vanished, and entries that are not under their day.
Exit status: 0 whole, 1 broken (the first fault of each ledger is named).
"""

import argparse
import os
import sys
from collections.abc import Callable

import boto3

from services.credits import bootstrap
from services.credits.adapters.table_inventory import scan_inventory
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.anchor_ledgers import AnchorReport, read_anchors
from services.credits.app.ledger.verify_ledger import Verdict, verify_all, verify_ledger
from services.credits.domain.ids import LearnerId

EVERY = 100
"""After how many ledgers the count is said."""


def main() -> int:
    """Prints the verdicts; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m services.credits.cli.verify_chain", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--learner", type=LearnerId, help="the learner's opaque id")
    chosen.add_argument("--all", action="store_true", help="every ledger; scans the table")
    options = parser.parse_args()
    ledger = bootstrap.ledger()
    anchored = read_anchors(ledger, bootstrap.records().objects)
    sys.stdout.write(describe_anchors(anchored))
    if options.all:
        return _all(ledger, anchored)
    verdict = verify_ledger(ledger, options.learner, anchored)
    sys.stdout.write(f"{options.learner}: {describe(verdict)}\n")
    return 1 if verdict.fault or anchored.problems else 0


def _all(ledger: LedgerContext, anchored: AnchorReport) -> int:
    inventory = scan_inventory(boto3.client("dynamodb"), os.environ["TABLE_NAME"], _counter("items read"))
    say, ledgers, entries, broken = _counter("ledgers checked"), 0, 0, 0
    for learner_id, verdict in verify_all(ledger, anchored, inventory):
        ledgers, entries = ledgers + 1, entries + verdict.entries
        if verdict.fault:
            broken += 1
            sys.stdout.write(f"{learner_id}: {describe(verdict)}\n")
        say(ledgers)
    sys.stdout.write(f"{ledgers} ledgers with {entries} entries checked: {broken} broken\n")
    return 1 if broken or anchored.problems else 0


def _counter(what: str) -> Callable[[int], None]:
    """Says how far it is, on standard error, now and then."""

    def say(number: int) -> None:
        if number % EVERY == 0:
            sys.stderr.write(f"{number} {what} ...\n")

    return say


def describe_anchors(anchored: AnchorReport) -> str:
    """Up to when a roll-back would be found, and a line for each fault of the anchors."""
    said = f"anchored up to {anchored.last_day}" if anchored.last_day else "not anchored yet"
    lines = [f"{said}: what was rolled back since then cannot be seen", *(f"  {p}" for p in anchored.problems)]
    return "\n".join(lines) + "\n"


def describe(verdict: Verdict) -> str:
    """The verdict in one sentence."""
    if verdict.fault is None:
        return f"whole, {verdict.entries} entries"
    place = f"entry {verdict.fault.number}" if verdict.fault.number else "the head"
    return f"BROKEN at {place}: {verdict.fault.kind} ({verdict.entries} entries found)"


if __name__ == "__main__":
    sys.exit(main())
