"""Publishes a course package: `python -m services.catalog.cli.publish <package>`."""

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from services.catalog.cli.catalog_client import CatalogClient
from services.catalog.cli.connection import Say, add_connection, attempt, complain, connect, say
from services.catalog.cli.package import COURSE_FILE, Finding, InvalidPackage, Package, load_package
from services.catalog.cli.preview import preview
from services.catalog.domain.hours import doubt_hours

DEFAULT_REASON = "发布课程包"
PROGRESS_LINES = 20


@dataclass(frozen=True)
class Result:
    """What publishing did: the current publication's number and version, files uploaded, and whether it changed."""

    publication: int
    content_version: str
    uploaded: int
    changed: bool


def publish_package(client: CatalogClient, package: Package, reason: str, say: Say) -> Result:
    """Uploads what is missing and publishes. Safe to repeat. Raises Refusal, httpx.HTTPError."""
    current = client.current(package.course.course_id)
    changes = preview(package, current)
    for line in changes:
        say(f"  {line}")
    if current and not changes:
        say("已是最新发布，无需更改。/ Already published as it is.")
        return Result(current["publication"], current["content_version"], 0, changed=False)
    uploaded = client.upload_missing(package, lambda done, total: _progress(done, total, say))

    def checked(done: int, total: int) -> None:
        say(f"  检查 / checking {done}/{total}")

    expected = current["publication"] if current else 0
    answer = client.publish(package, expected, reason, checked)
    number = answer["publication"]
    say(f"已发布第 {number} 版 / published as number {number}: {answer['content_version']}")
    return Result(number, answer["content_version"], uploaded, changed=answer["changed"])


def _progress(done: int, total: int, say: Say) -> None:
    """About twenty lines, however many segments a lecture has."""
    if done == total or done % -(-total // PROGRESS_LINES) == 0:
        say(f"  上传 / uploading {done}/{total}")


def describe(package: Path, findings: Iterable[Finding]) -> list[str]:
    """Every mistake with file and line, in Chinese and English."""
    return [f"{package / f.file}:{f.line}: {f.message} / {f.message_en}" for f in findings]


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns its exit code: 0 published or unchanged, 1 refused, 2 mistakes in the package."""
    options = _options(arguments)
    try:
        package = load_package(options.package)
    except InvalidPackage as invalid:
        count = len(invalid.findings)
        complain(*describe(options.package, invalid.findings))
        complain(f"{count} 处错误，未作任何更改。/ {count} mistake(s); nothing was changed.")
        return 2
    say(f"{package.course.course_id}: {package.course.title} ({package.version})")
    doubt = doubt_hours(package.course.hours, package.duration_ms)
    if doubt:
        say(f"{options.package / COURSE_FILE}: {doubt.message} / {doubt.message_en}")
    if options.check:
        say("课程包没有错误。/ The package has no mistakes.")
        return 0
    return attempt(options, lambda: _publish(options, package))


def _publish(options: argparse.Namespace, package: Package) -> None:
    client = connect(options)
    if options.preview:
        for line in preview(package, client.current(package.course.course_id)) or ["无更改 / no changes"]:
            say(line)
    else:
        publish_package(client, package, options.reason, say)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.catalog.cli.publish", description=__doc__)
    parser.add_argument("package", type=Path, help="the course package: a folder with course.yaml")
    add_connection(parser)
    parser.add_argument("--reason", default=DEFAULT_REASON, help="why, for the audit log")
    parser.add_argument("--check", action="store_true", help="only check the package")
    parser.add_argument("--preview", action="store_true", help="check, and show what would change")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
