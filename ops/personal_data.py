"""One person's data of all services in one archive: `python -m ops.personal_data --learner ID --reason WHY FILE.zip`.

An administrator gives a copy to the person who asks for one; each service writes the call into its audit log. Without
`--learner` it is the caller's own copy. The archive has what each service answered, as JSON, pictures of certificates
that wait, and a page to read.
Nobody's data is kept anywhere on the way: hand the file over, and delete it.
"""

import argparse
import html
import json
import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from infra.packaging import SERVICES

DEFAULT_BASE_URL = "http://127.0.0.1:8080"
TIMEOUT_S = 60
PAGE = "index.html"

Copy = dict[str, Any]
"""What one service answered."""


class NotGiven(Exception):
    """A service refused; nothing was written."""


def collect(http: httpx.Client, learner_id: str | None, reason: str) -> dict[str, Copy]:
    """What each service holds. Raises NotGiven, httpx.HTTPError."""
    return {service: _asked(http, service, learner_id, reason) for service in SERVICES}


def _asked(http: httpx.Client, service: str, learner_id: str | None, reason: str) -> Copy:
    if learner_id:
        answer = http.post(f"/v1/{service}/learners/{learner_id}/personal-data", json={"reason": reason})
    else:
        answer = http.get(f"/v1/{service}/personal-data")
    if not answer.is_success:
        raise NotGiven(f"{service} answers {answer.status_code}: {answer.text}")
    found: Copy = answer.json()
    return found


def pictures(http: httpx.Client, learner_id: str | None) -> dict[str, bytes]:
    """The pictures of certificates that wait, JPEGs by the certificate's kind. Raises NotGiven, httpx.HTTPError."""
    base = f"/v1/credits/learners/{learner_id}" if learner_id else "/v1/credits"
    listed = http.get(f"{base}/certificates")
    if not listed.is_success:
        raise NotGiven(f"credits answers {listed.status_code}: {listed.text}")
    found = {}
    for certificate in listed.json()["certificates"]:
        path = f"{base}/certificates/{certificate['credential']}"
        answer = http.post(f"{path}/picture-views") if learner_id else http.get(f"{path}/picture")
        if answer.is_success:
            found[certificate["credential"]] = answer.content
        elif answer.status_code != httpx.codes.NOT_FOUND:
            raise NotGiven(f"credits answers {answer.status_code}: {answer.text}")
    return found


def write(copies: Mapping[str, Copy], archive: Path, pictures: Mapping[str, bytes] = MappingProxyType({})) -> None:
    """Writes the archive, which only its owner may read."""
    with (
        os.fdopen(os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for service, copy in copies.items():
            made.writestr(f"{service}.json", json.dumps(copy, ensure_ascii=False, indent=1))
        for credential, picture in pictures.items():
            made.writestr(f"{credential}.jpg", picture)
        made.writestr(PAGE, page(copies))


def page(copies: Mapping[str, Copy]) -> str:
    """All of it for people, in both languages; it loads nothing from anywhere."""
    sections = [section for copy in copies.values() for section in copy["sections"] if section["items"]]
    body = "".join(_section(section) for section in sections)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>个人信息副本 · Personal data</title>'
        "<style>body{font-family:sans-serif;max-width:60rem;margin:auto;padding:1rem}"
        "dl{border-top:1px solid #888;display:grid;grid-template-columns:14rem 1fr;gap:.2rem 1rem}"
        "dd{margin:0;overflow-wrap:anywhere}</style></head><body>"
        f"<h1>个人信息副本 · A copy of your personal data</h1>{body}</body></html>"
    )


def _section(section: Mapping[str, Any]) -> str:
    heading = html.escape(f"{section['title']} · {section['title_en']}")
    return f"<h2>{heading}</h2>" + "".join(_item(item) for item in section["items"])


def _item(item: Mapping[str, Any]) -> str:
    rows = (f"<dt>{html.escape(name)}</dt><dd>{html.escape(_text(value))}</dd>" for name, value in item.items())
    return f"<dl>{''.join(rows)}</dl>"


def _text(value: Any) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Parses the command line; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops.personal_data", description=__doc__)
    parser.add_argument("--base-url", default=os.environ.get("XUESHI_BASE_URL", DEFAULT_BASE_URL))
    parser.add_argument("--learner", help="the learner's opaque id; left out: your own data")
    parser.add_argument("--reason", default="", help="on what ground, without the person's name")
    parser.add_argument("archive", type=Path, help="a file that is not there")
    options = parser.parse_args()
    token = os.environ.get("XUESHI_TOKEN")
    if not token:
        print("Put your access token into XUESHI_TOKEN.", file=sys.stderr)
        return 1
    headers = {"authorization": f"Bearer {token}"}
    try:
        with httpx.Client(base_url=options.base_url, headers=headers, timeout=TIMEOUT_S) as http:
            copies = collect(http, options.learner, options.reason)
            write(copies, options.archive, pictures(http, options.learner))
    except (NotGiven, httpx.HTTPError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.archive} has it all; hand it over, and delete it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
