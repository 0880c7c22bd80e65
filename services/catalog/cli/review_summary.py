"""Notes that a person reviewed drafted parts of a package: `python -m services.catalog.cli.review_summary <package>`.

Shows what each part says, and asks for each whether it is accepted; `--accept` answers for those it names.
A part with marks is not accepted before they are seen to and taken out of course.yaml.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from services.catalog.cli.connection import complain, say
from services.catalog.cli.package import InvalidPackage
from services.catalog.cli.publish import describe
from services.catalog.cli.summary_package import REVIEW_FILE, SummaryPackage, open_package
from services.catalog.domain.course import BLOCKS, Block
from services.kit.clock import Clock, SystemClock
from services.kit.days import civil_day


def main(arguments: Sequence[str] | None = None, clock: Clock | None = None) -> int:
    """The command. Returns its exit code: 0 all that was drafted is reviewed; 1 something is not; 2 no package."""
    options = _options(arguments)
    try:
        package = open_package(options.package)
    except InvalidPackage as invalid:
        complain(*describe(options.package, invalid.findings))
        return 2
    accepted = [block for block in _unreviewed(package) if _is_accepted(package, block, options.accept)]
    day = civil_day((clock or SystemClock()).now()).isoformat()
    if accepted:
        package.review(accepted, options.by, day)
        say(f"{options.by}, {day}: {', '.join(accepted)}")
    left = _unreviewed(open_package(options.package))
    if left:
        say(f"尚未审核 / not reviewed: {', '.join(left)}")
    return 1 if left else 0


def _unreviewed(package: SummaryPackage) -> list[Block]:
    return [
        block for block in BLOCKS if block in package.provenance and not package.provenance[block].get("reviewed_by")
    ]


def _is_accepted(package: SummaryPackage, block: Block, accepted: Sequence[Block] | None) -> bool:
    marks = package.provenance[block].get("marks")
    if marks:
        complain(f"{block}: 请先处理并删去 course.yaml 中的标记 / see to these marks in course.yaml and take them out:")
        complain(*(f"  {mark}" for mark in marks))
        return False
    if accepted is not None:
        return block in accepted
    say(f"--- {block} ({package.provenance[block]['made_by']}); 讲稿对照见 / beside what was said: {REVIEW_FILE}")
    say(package.shown(block))
    return input("接受 / accept? [y/N] ").strip().casefold() in {"y", "yes", "是"}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.catalog.cli.review_summary", description=__doc__)
    parser.add_argument("package", type=Path, help="the course package: a folder with course.yaml")
    parser.add_argument("--by", required=True, help="who reviewed it, as learners will read it")
    parser.add_argument("--accept", nargs="*", choices=get_args(Block), help="parts to accept without being asked")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
