"""`xueshi-verify FILE --jwks JWKS.json --policy POLICY.txt`: checks an evidence pack or a certificate, offline.

FILE is a bundle, as pages of Xueshi save it, or a pack or a certificate's statement with `--proof` beside it.
Exit status 0: accepted; 1: something is not right; 2: something cannot be read.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from xueshi_verify.check import MAX_DOCUMENT_BYTES, Files, Result, Verdict, check
from xueshi_verify.report import lines

STATUS = {Verdict.ACCEPTED: 0, Verdict.REFUSED: 1, Verdict.UNREADABLE: 2}


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the files, prints what is proved and what is not; answers the exit status."""
    parser = argparse.ArgumentParser(prog="xueshi-verify", description=__doc__)
    parser.add_argument("file", type=Path, help="a bundle, a pack or a statement")
    parser.add_argument("--policy", type=Path, required=True, help="which log and witnesses you trust (tlog-policy)")
    parser.add_argument("--jwks", type=Path, help="a saved copy of /v1/playback/jwks; certificates need none")
    parser.add_argument("--proof", type=Path, help="its proof from the log, where the file has none")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="one you kept; repeatable")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal of another encoding shows what it can.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    try:
        result = _checked(options)
    except OSError as error:
        sys.stderr.write(f"cannot be read / 无法读取: {error.filename}: {error.strerror}\n")
        return STATUS[Verdict.UNREADABLE]
    try:
        sys.stdout.writelines(f"{line}\n" for line in lines(result))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; the interpreter, which flushes once more at its end, is told so.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return STATUS[result.verdict]


def _checked(options: argparse.Namespace) -> Result:
    return check(
        Files(
            document=_content(options.file),
            policy=_content(options.policy),
            keys=_content(options.jwks) if options.jwks else None,
            proof=_content(options.proof) if options.proof else None,
            checkpoints=[_content(path) for path in options.checkpoint],
        )
    )


def _content(path: Path) -> bytes:
    """As much of a file as says whether it is too large. Raises OSError."""
    with path.open("rb") as file:
        return file.read(MAX_DOCUMENT_BYTES + 1)


if __name__ == "__main__":
    sys.exit(main())
