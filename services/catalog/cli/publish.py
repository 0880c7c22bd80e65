"""Publishes a course package: `python -m services.catalog.cli.publish <package>`."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.catalog.cli.catalog_client import CatalogClient, Refused, sign_in
from services.catalog.cli.package import Finding, InvalidPackage, Package, load_package
from services.catalog.cli.preview import preview

DEFAULT_BASE_URL = "http://127.0.0.1:8080"
DEFAULT_REASON = "发布课程包"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What publishing did: the current publication's number and version, files uploaded, and whether it changed."""

    publication: int
    content_version: str
    uploaded: int
    changed: bool


def publish_package(client: CatalogClient, package: Package, reason: str, say: Say) -> Result:
    """Uploads what is missing and publishes. Safe to repeat. Raises Refused, httpx.HTTPError."""
    current = client.current(package.course.course_id)
    changes = preview(package, current)
    for line in changes:
        say(f"  {line}")
    if current and not changes:
        say("已是最新发布，无需更改。/ Already published as it is.")
        return Result(current["publication"], current["content_version"], 0, changed=False)
    uploaded = client.upload_missing(package, lambda done, total: say(f"  上传 / uploading {done}/{total}"))
    expected = current["publication"] if current else 0
    answer = client.publish(package, expected, reason)
    number = answer["publication"]
    say(f"已发布第 {number} 版 / published as number {number}: {answer['content_version']}")
    return Result(number, answer["content_version"], uploaded, changed=answer["changed"])


def describe(package: Path, findings: Iterable[Finding]) -> list[str]:
    """Every mistake with file and line, in Chinese and English."""
    return [f"{package / f.file}:{f.line}: {f.message} / {f.message_en}" for f in findings]


def main(arguments: list[str] | None = None) -> int:
    """The command. Answers its exit code: 0 published or unchanged, 1 refused, 2 mistakes in the package."""
    options = _options(arguments)
    try:
        package = load_package(options.package)
    except InvalidPackage as invalid:
        count = len(invalid.findings)
        _complain(*describe(options.package, invalid.findings))
        _complain(f"{count} 处错误，未作任何更改。/ {count} mistake(s); nothing was changed.")
        return 2
    _say(f"{package.course.course_id}: {package.course.title} ({package.version})")
    if options.check:
        _say("课程包没有错误。/ The package has no mistakes.")
        return 0
    return _publish(options, package)


def _publish(options: argparse.Namespace, package: Package) -> int:
    try:
        client = CatalogClient(options.base_url, _token(options))
        if options.preview:
            for line in preview(package, client.current(package.course.course_id)) or ["无更改 / no changes"]:
                _say(line)
            return 0
        publish_package(client, package, options.reason, _say)
    except Refused as refused:
        _complain(*_refusal(refused.problem))
        return 1
    except httpx.HTTPError as error:
        _complain(f"无法连接 {options.base_url}:{error} / cannot reach it; is the system running? (make run)")
        return 1
    return 0


def _refusal(problem: dict[str, Any]) -> list[str]:
    code = problem.get("code") or problem.get("__type") or ""
    lines = [f"{code} {problem['detail']} / {problem.get('detail_en', '')}".strip()]
    lines += [f"  {e.get('pointer', '')} {e['message']} / {e.get('message_en', '')}" for e in problem.get("errors", [])]
    if "next" in problem:
        lines.append(f"{problem['next']} / {problem['next_en']}")
    return lines


def _token(options: argparse.Namespace) -> str:
    token = options.token or os.environ.get("XUESHI_TOKEN")
    if token:
        return str(token)
    email = options.email or os.environ.get("XUESHI_EMAIL") or input("E-mail: ")
    password = options.password or os.environ.get("XUESHI_PASSWORD") or getpass.getpass()
    return sign_in(options.base_url, email, password)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.catalog.cli.publish", description=__doc__)
    parser.add_argument("package", type=Path, help="the course package: a folder with course.yaml")
    parser.add_argument("--base-url", default=os.environ.get("XUESHI_BASE_URL", DEFAULT_BASE_URL))
    parser.add_argument("--token", help="an editor's access token (or XUESHI_TOKEN)")
    parser.add_argument("--email", help="an editor's e-mail to sign in with (or XUESHI_EMAIL)")
    parser.add_argument("--password", help="its password (or XUESHI_PASSWORD; asked for where missing)")
    parser.add_argument("--reason", default=DEFAULT_REASON, help="why, for the audit log")
    parser.add_argument("--check", action="store_true", help="only check the package")
    parser.add_argument("--preview", action="store_true", help="check, and show what would change")
    return parser.parse_args(arguments)


def _say(line: str) -> None:
    print(line, flush=True)


def _complain(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
