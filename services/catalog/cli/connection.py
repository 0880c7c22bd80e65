"""What the editor's commands share: where the system is, who calls, and how a refusal is told."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from typing import Any

import httpx

from services.catalog.cli.catalog_client import CatalogClient, Refusal, sign_in

DEFAULT_BASE_URL = "http://127.0.0.1:8080"
Say = Callable[[str], None]


def add_connection(parser: argparse.ArgumentParser) -> None:
    """The options that say where the system is and who calls."""
    parser.add_argument("--base-url", default=os.environ.get("XUESHI_BASE_URL", DEFAULT_BASE_URL))
    parser.add_argument("--token", help="an editor's access token (or XUESHI_TOKEN)")
    parser.add_argument("--email", help="an editor's e-mail to sign in with (or XUESHI_EMAIL)")
    parser.add_argument("--password", help="its password (or XUESHI_PASSWORD; asked for where missing)")
    parser.add_argument("--code", help="its second factor's code (asked for where missing)")


def connect(options: argparse.Namespace) -> CatalogClient:
    """The editors' calls, signed in. Raises Refusal, httpx.HTTPError."""
    return CatalogClient(options.base_url, _token(options))


def attempt(options: argparse.Namespace, action: Callable[[], object]) -> int:
    """Does it. Returns the exit code: 0 done, 1 refused or out of reach, which is told."""
    try:
        action()
    except Refusal as refused:
        complain(*_refusal(refused.problem))
        return 1
    except httpx.HTTPError as error:
        complain(f"无法连接 {options.base_url}:{error} / cannot reach it; is the system running? (make run)")
        return 1
    return 0


def say(line: str) -> None:
    """To the editor."""
    print(line, flush=True)


def complain(*lines: str) -> None:
    """To the editor, about what went wrong."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


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
    return sign_in(options.base_url, email, password, lambda: options.code or input("Code: "))
