"""Makes the search's index of courses anew, whatever is known of it: `python -m ops.search_index --stage prod`.

Nothing else needs it: the minute's run indexes whatever was published or withdrawn, and every index once a day.
It is for an index that is there and wrong.
"""

import json
import sys

from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser


def index_anew(clients: Clients, function: str) -> str:
    """Calls the function and waits; answers what it answered. Raises OpsError where it failed."""
    payload = json.dumps({"anew": True}).encode()
    answer = clients("lambda").invoke(FunctionName=function, Payload=payload)
    said: str = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise OpsError(f"{function} failed: {said}")
    return said


def main() -> int:
    """Parses the command line; answers the exit status."""
    parser = stage_parser("ops.search_index", __doc__)
    try:
        where = asked_stage(parser.parse_args())
        print(index_anew(clients_of(where), f"{where.prefix}-catalog-index"))
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
