"""Checks an evidence pack offline: `python -m services.playback.cli.verify_pack PACK.json JWKS.json`.

For auditors: needs the pack, a saved copy of the published keys, and nothing else: no network, no key of ours.
Exit status 0: genuine, and nothing speaks against it; 1: not genuine, or there are doubts; 2: unreadable.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from services.kit.signing import signature_problems
from services.playback.app.evidence.packs import content_of
from services.playback.domain.evidence import doubts


def verify(signed: dict[str, Any], jwks: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The pack, and what is wrong with it or with its signature.

    Raises:
        LookupError, TypeError, ValueError, OverflowError: one of the two is not what it should be.
    """
    pack = content_of(signed)
    return pack, [*signature_problems(jwks, signed), *doubts(pack)]


def main() -> int:
    """Reads the two files, prints what the pack says and what is wrong."""
    parser = argparse.ArgumentParser(description="Check an evidence pack offline.")
    parser.add_argument("pack", type=Path, help="the downloaded evidence pack")
    parser.add_argument("jwks", type=Path, help="a saved copy of /v1/playback/jwks")
    arguments = parser.parse_args()
    try:
        pack, problems = verify(json.loads(arguments.pack.read_text()), json.loads(arguments.jwks.read_text()))
    except (OSError, LookupError, TypeError, ValueError, OverflowError) as error:
        sys.stderr.write(f"unreadable: {error!r}\n")
        return 2
    watch = pack["watch"]
    sys.stdout.write(f"watch {watch['watch_id']} of course {watch['course_id']} ({watch['content_version']})\n")
    sys.stdout.write(f"{watch['furthest_ms']} of {watch['duration_ms']} ms, {watch['confirmed']} prompts confirmed\n")
    for problem in problems:
        sys.stdout.write(f"PROBLEM: {problem}\n")
    sys.stdout.write("not accepted\n" if problems else "genuine: signature, chain, times, prompts and answers agree\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
