"""Sums up by service what tests covered: `coverage json -o - | python -m tests.coverage`."""

import json
import sys
from collections import Counter


def main() -> None:
    """Prints lines and branches of each service that some test ran."""
    sums: dict[str, Counter[str]] = {}
    for path, file in json.load(sys.stdin)["files"].items():
        sums.setdefault(path.split("/")[1], Counter()).update(file["summary"])
    for service, figures in sums.items():
        lines = figures["covered_lines"] / figures["num_statements"]
        branches = figures["covered_branches"] / figures["num_branches"]
        sys.stdout.write(f"{service:10} lines {lines:.1%}  branches {branches:.1%}\n")


if __name__ == "__main__":
    main()
