"""Checks an evidence pack offline: `verify_pack PACK.json JWKS.json PACK.tlog-proof POLICY.txt`.

For auditors: needs the pack, a saved copy of the published keys, the pack's proof that it is in the transparency log,
and a policy that says which log and witnesses are trusted; no network, no key of ours. With `--checkpoint`, a copy of
the log's checkpoint of an earlier day, a pack is also found that was made later than it says.
Exit status 0: genuine, and nothing speaks against it; 1: not genuine, or there are doubts; 2: unreadable.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.kit.signing import signature_problems
from services.kit.tlog.notes import read_note
from services.kit.tlog.policies import Policy, read_policy
from services.kit.tlog.proofs import backdating, verify_proof
from services.playback.app.evidence.packs import content_of, pack_digest
from services.playback.domain.evidence import doubts


def verify(
    signed: dict[str, Any], jwks: dict[str, Any], proof: str, policy: Policy, older: Sequence[str] = ()
) -> tuple[dict[str, Any], list[str]]:
    """The pack, and what is wrong with it, with its signature or with its place in the log.

    Raises:
        LookupError, TypeError, ValueError, OverflowError: pack or keys are not what they should be.
    """
    pack = content_of(signed)
    in_log = log_problems(signed, pack["watch"]["completed_at"], proof, policy, older)
    return pack, [*signature_problems(jwks, signed), *doubts(pack), *in_log]


def log_problems(
    signed: dict[str, Any], completed_at: int, proof: str, policy: Policy, older: Sequence[str]
) -> list[str]:
    """Why the log does not say that there was this pack when it says so (milliseconds since 1970)."""
    try:
        shown = verify_proof(proof, bytes.fromhex(pack_digest(signed)), policy)
    except ValueError as error:
        return [f"not in the log: {error}"]
    earlier = [policy.accept(read_note(text)) for text in older]
    found = (backdating(shown.index, completed_at // 1000, checkpoint) for checkpoint in earlier)
    return [problem for problem in found if problem]


def main() -> int:
    """Reads the files, prints what the pack says and what is wrong."""
    parser = argparse.ArgumentParser(description="Check an evidence pack offline.")
    parser.add_argument("pack", type=Path, help="the downloaded evidence pack")
    parser.add_argument("jwks", type=Path, help="a saved copy of /v1/playback/jwks")
    parser.add_argument("proof", type=Path, help="its proof, from /v1/playback/log/proofs/<its SHA-256>")
    parser.add_argument("policy", type=Path, help="trusted log and witnesses (tlog-policy)")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="the log's, of an earlier day")
    options = parser.parse_args()
    try:
        pack, problems = verify(
            json.loads(options.pack.read_text("utf-8")),
            json.loads(options.jwks.read_text("utf-8")),
            options.proof.read_text("utf-8"),
            read_policy(options.policy.read_text("utf-8")),
            [path.read_text("utf-8") for path in options.checkpoint],
        )
    except (OSError, LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:
        sys.stderr.write(f"unreadable: {error!r}\n")
        return 2
    watch = pack["watch"]
    sys.stdout.write(f"watch {watch['watch_id']} of course {watch['course_id']} ({watch['content_version']})\n")
    sys.stdout.write(f"{watch['furthest_ms']} of {watch['duration_ms']} ms, {watch['confirmed']} prompts confirmed\n")
    for problem in problems:
        sys.stdout.write(f"PROBLEM: {problem}\n")
    sys.stdout.write(
        "not accepted\n" if problems else "genuine: signature, chain, times, prompts, answers and the log agree\n"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
