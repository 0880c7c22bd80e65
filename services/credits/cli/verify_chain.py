"""Verifies a learner's whole ledger: `python -m services.credits.cli.verify_chain --learner ID`.

Runs with an operator's access to the table and the key ring (TABLE_NAME, OUTBOX_TABLE_NAME, KEYRING_SECRET_ID).
Exit status: 0 whole, 1 broken (the first fault is named).
"""

import argparse
import sys

from services.credits import bootstrap
from services.credits.app.verify_ledger import Verdict, verify_ledger


def main() -> int:
    """Prints the verdict; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m services.credits.cli.verify_chain", description=__doc__)
    parser.add_argument("--learner", required=True, help="the learner's opaque id")
    learner_id: str = parser.parse_args().learner
    ledger = bootstrap.ledger()
    verdict = verify_ledger(ledger.store, ledger.macs, learner_id)
    sys.stdout.write(f"{learner_id}: {describe(verdict)}\n")
    return 1 if verdict.fault else 0


def describe(verdict: Verdict) -> str:
    """The verdict in one sentence."""
    if verdict.fault is None:
        return f"whole, {verdict.entries} entries"
    place = f"entry {verdict.fault.number}" if verdict.fault.number else "the head"
    return f"BROKEN at {place}: {verdict.fault.kind} ({verdict.entries} entries found)"


if __name__ == "__main__":
    sys.exit(main())
