"""`xueshi-verify-log LOG --policy POLICY.txt --checkpoint OLDER.txt --save NEWER.txt`: whether the log only grew.

LOG is the address of the log, https://.../log, or a folder with its files under their paths. Its checkpoint is checked
by the policy, and by the log's tiles it must begin with each checkpoint that was kept. Nothing is sent.
Exit status 0: it does; 1: it does not; 2: something cannot be read.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from xueshi_verify.encoding import Unreadable, text_of
from xueshi_verify.notes import MAX_NOTE_BYTES, Note
from xueshi_verify.policies import read_policy
from xueshi_verify.problems import Problem
from xueshi_verify.proofs import read_checkpoint, seen_by
from xueshi_verify.report import said_of_log, said_of_problem
from xueshi_verify.tiles import begins, files_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the log, prints what was found; answers the exit status."""
    parser = argparse.ArgumentParser(prog="xueshi-verify-log", description=__doc__)
    parser.add_argument("log", help="its address, or a folder with its files")
    parser.add_argument("--policy", type=Path, required=True, help="which log and witnesses you trust (tlog-policy)")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="one that you kept")
    parser.add_argument("--save", type=Path, help="where to keep the log's checkpoint, for the next time")
    options = parser.parse_args(arguments)
    try:
        text, note, problems = _checked(options)
        if options.save and not problems:
            options.save.write_text(text, "utf-8")
    except Unreadable as error:
        text, note, problems = "", None, [Problem(error.code, error.detail)]
    except OSError as error:
        sys.stderr.write(f"cannot be read / 无法读取: {error.filename or options.log}: {error.strerror or error}\n")
        return 2
    said = [line for problem in problems for line in said_of_problem(problem)]
    said += said_of_log(note) if note and not problems else []
    sys.stdout.writelines(f"{line}\n" for line in said)
    return (1 if problems else 0) if note else 2


def _checked(options: argparse.Namespace) -> tuple[str, Note, list[Problem]]:
    """The log's checkpoint as text and as read, and what is wrong. Raises Unreadable, OSError."""
    get = files_of(options.log)
    policy = read_policy(options.policy.read_bytes())
    kept = [read_checkpoint(text_of(path.read_bytes(), MAX_NOTE_BYTES, "checkpoint")) for path in options.checkpoint]
    text = text_of(get("checkpoint") or b"", MAX_NOTE_BYTES, "checkpoint")
    newer = read_checkpoint(text)
    problems = list(seen_by(newer, policy).problems)
    for older in kept:
        denied = seen_by(older, policy).problems or older.origin != newer.origin
        if denied:
            problems.append(Problem("checkpoint_denied"))
        elif not begins(older, newer, get):
            problems.append(Problem("forked", f"{older.size} and {newer.size} entries"))
    return text, newer, problems


if __name__ == "__main__":
    sys.exit(main())
