"""Makes the search's index of courses anew, whatever is known of it: `python -m ops.search_index`.

Nothing else needs it: the minute's run indexes whatever was published or withdrawn, and every index once a day.
It is for an index that is there and wrong.
"""

import argparse
import json
import sys

from ops.redrive import Clients, RedriveError, clients_of

FUNCTION = "xueshi-catalog-index"


def index_anew(clients: Clients) -> str:
    """Calls the function and waits; answers what it answered. Raises RedriveError where it failed."""
    payload = json.dumps({"anew": True}).encode()
    answer = clients("lambda").invoke(FunctionName=FUNCTION, Payload=payload)
    said: str = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise RedriveError(f"{FUNCTION} failed: {said}")
    return said


def main() -> int:
    """Parses the command line; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops.search_index", description=__doc__.splitlines()[0])
    parser.add_argument("--local", action="store_true", help="the local system that runs now, not AWS")
    options = parser.parse_args()
    try:
        print(index_anew(clients_of(local=options.local)))
    except RedriveError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
