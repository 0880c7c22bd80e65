"""Brings up to date what release 1.0.0 left: `python -m services.credits.cli.bind_certificates`.

Once, after 1.0.0 is gone. Runs with an operator's access to the table and the key ring (TABLE_NAME, OUTBOX_TABLE_NAME,
KEYRING_SECRET_ID); scans the table. Numbers are bound to their holders, and certificates that wait for an administrator
are put into the list of those. Certificates with which no name is confirmed, and those whose number another person has
too, are listed by opaque id for an administrator, who opens the learner's page and looks.
Exit status: 0 nothing is left to be done, 1 something is.
"""

import argparse
import os
import sys

import boto3

from services.credits import bootstrap
from services.credits.adapters.table_inventory import scan_inventory
from services.credits.app.certificates.bind_earlier import LooseCertificate, bind_earlier
from services.kit.cli.operator import act_as_function


def main() -> int:
    """Prints what is left; returns the exit status."""
    argparse.ArgumentParser(prog="python -m services.credits.cli.bind_certificates", description=__doc__).parse_args()
    act_as_function()
    inventory = scan_inventory(boto3.client("dynamodb"), os.environ["TABLE_NAME"], lambda _: None)
    left = 0
    for loose in bind_earlier(bootstrap.ledger(), sorted(inventory.learners)):
        left += 1
        sys.stdout.write(f"{describe(loose)}\n")
    sys.stdout.write(f"{len(inventory.learners)} learners looked at: {left} certificates wait for an administrator\n")
    return 1 if left else 0


def describe(loose: LooseCertificate) -> str:
    """One line."""
    taken = "its number is another person's too" if loose.number_taken else ""
    missing = "no name is confirmed" if loose.name_missing else ""
    return f"{loose.learner_id} {loose.credential}: {'; '.join(filter(None, (taken, missing)))}"


if __name__ == "__main__":
    sys.exit(main())
