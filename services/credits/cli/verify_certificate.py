"""Checks a certificate offline: `verify_certificate STATEMENT.json CERTIFICATE.tlog-proof POLICY.txt`.

The statement is the text in `statement` of the answer of /v1/credits/verification/<code>, saved as it is; its proof is
under its SHA-256 at /v1/playback/log/proofs/. The policy says which log and witnesses are trusted. With `--checkpoint`,
a copy of the log's checkpoint of an earlier day, a certificate is also found that was made later than it says.
Whether its hours still count today only the ledger says. Exit status 0: it was issued as it says; 1: it was not, or
there are doubts; 2: unreadable.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.credits.domain.statements import issued_at, read_statement
from services.kit.heads import digest_of
from services.kit.tlog.notes import read_note
from services.kit.tlog.policies import Policy, read_policy
from services.kit.tlog.proofs import backdating, verify_proof


def verify(statement: str, proof: str, policy: Policy, older: Sequence[str] = ()) -> tuple[dict[str, Any], list[str]]:
    """What the certificate says, and what the log says against it.

    Raises:
        KeyError, ValueError: it is none, or an older checkpoint is none that the policy accepts.
    """
    content = read_statement(statement)
    earlier = [policy.accept(read_note(text)) for text in older]
    made_at = int(issued_at(content).timestamp())
    try:
        shown = verify_proof(proof, bytes.fromhex(digest_of(statement.encode())), policy)
    except ValueError as error:
        return content, [f"not in the log: {error}"]
    return content, [found for one in earlier if (found := backdating(shown.index, made_at, one))]


def main() -> int:
    """Reads the files, prints what the certificate says and what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m services.credits.cli.verify_certificate", description=__doc__)
    parser.add_argument("statement", type=Path, help="what the certificate states")
    parser.add_argument("proof", type=Path, help="its proof from the log")
    parser.add_argument("policy", type=Path, help="trusted log and witnesses (tlog-policy)")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="the log's, of an earlier day")
    options = parser.parse_args()
    try:
        statement, proof, policy = (
            path.read_bytes().decode() for path in (options.statement, options.proof, options.policy)
        )
        older = [path.read_bytes().decode() for path in options.checkpoint]
        content, problems = verify(statement, proof, read_policy(policy), older)
    except (OSError, KeyError, ValueError, RecursionError) as error:
        sys.stderr.write(f"unreadable: {error!r}\n")
        return 2
    sys.stdout.write(f"certificate {content['code']} of {content['issued_at']}: {content['title']}\n")
    sys.stdout.write(f"{content['hours']} hours for {content['credential']}, completed {content['completed_at']}\n")
    for problem in problems:
        sys.stdout.write(f"PROBLEM: {problem}\n")
    sys.stdout.write("not accepted\n" if problems else "genuine: the log has had it since it was issued\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
