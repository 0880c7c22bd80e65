"""Calls one handler as Lambda's runtime does: run with `python -I -S`, so that nothing is on the path but the package.

`argv[1]` is JSON: `path` (what goes onto sys.path), `handler` (module and function), `log` (a file for what it prints).
Each line of the input is a call: `event`, `times`, and `chain`, true where each answer has the next call's token. Each
line of the output says what the calls took, milliseconds of this process's CPU time, and what the last one answered.
"""

import json
import os
import sys
import time
from importlib import import_module


class Context:
    """What handlers read of Lambda's context."""

    function_name = "function"
    function_version = "$LATEST"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:function"
    aws_request_id = "00000000-0000-4000-8000-000000000000"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """There is always time."""
        return 60_000


def main() -> None:
    """Answers until the input ends."""
    given = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    with open(given["log"], "ab") as log:  # noqa: PTH123 (pathlib is not in what is measured)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    sys.path[:0] = given["path"]
    module, _, name = given["handler"].rpartition(".")
    handler = getattr(import_module(module), name)
    for line in sys.stdin:
        call = json.loads(line)
        event, took, answer = call["event"], [], None
        for _ in range(call["times"]):
            begun = time.process_time()
            answer = handler(event, Context())
            took.append(1000 * (time.process_time() - begun))
            if call["chain"]:
                follow(event, answer)
        sys.stdout.flush()
        answers.write(json.dumps({"took": took, "answer": answer}) + "\n")


def follow(event: dict, answer: dict) -> None:  # type: ignore[type-arg]
    """Puts the answer's token into the next beat, a millisecond further on. What was refused is repeated as it was."""
    said = json.loads(answer["body"])
    if "token" in said:
        event["body"] = json.dumps({"token": said["token"], "position_ms": said["furthest_ms"] + 1})


if __name__ == "__main__":
    main()
