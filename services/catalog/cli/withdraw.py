"""Takes a course off the catalogue: `python -m services.catalog.cli.withdraw <course id> --reason "…"`.

Publishing its package again offers it again.
"""

import argparse
import sys

from services.catalog.cli.connection import add_connection, attempt, connect, say


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns its exit code: 0 withdrawn, now or before; 1 refused."""
    parser = argparse.ArgumentParser(prog="python -m services.catalog.cli.withdraw", description=__doc__)
    parser.add_argument("course", help="the course's id")
    parser.add_argument("--reason", required=True, help="why, for the audit log")
    add_connection(parser)
    options = parser.parse_args(arguments)
    return attempt(options, lambda: _withdraw(options))


def _withdraw(options: argparse.Namespace) -> None:
    answer = connect(options).withdraw(options.course, options.reason)
    if answer["changed"]:
        say(f"已下架 / withdrawn: {options.course}。已购买、已领取的学员不受影响 / who has it, keeps it.")
    else:
        say(f"此前已下架 / already withdrawn: {options.course} ({answer['withdrawn_at']})")


if __name__ == "__main__":
    sys.exit(main())
