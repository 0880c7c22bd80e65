"""Keys and passwords in tracked files, by detect-secrets. What it takes for one and is none stands in the baseline."""

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from local.emulator import ROOT

BASELINE = ROOT / ".secrets.baseline"
"""How is searched, and what was found and looked at: `python -m tests.audit --renew` writes it anew."""

OVERLOOKED = re.compile(
    r"^requirements/.*\.txt$|package-lock\.json$|\.svg$|^docs/(evidence-vectors|openapi)/|^web/src/i18n/"
    r"|/events/(schemas|examples)/|^tests/contracts/stored/|^\.secrets\.baseline$"
)
"""What is made by programs of ours, or is hashes by its nature, and texts about passwords."""


def baseline() -> dict[str, Any]:
    """The baseline as it is written."""
    read: dict[str, Any] = json.loads(BASELINE.read_text())
    return read


def tracked(root: Path = ROOT) -> list[str]:
    """The files that git knows, as paths from the root, without OVERLOOKED."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)  # noqa: S607
    return [name for name in done.stdout.split("\0") if name and not OVERLOOKED.search(name)]


def found_in(files: Iterable[str], root: Path = ROOT) -> SecretsCollection:
    """What looks like a key in these files, by the baseline's rules."""
    with transient_settings(baseline()):
        found = SecretsCollection(root=str(root))
        found.scan_files(*files)
        return found


def new_secrets(files: Iterable[str], root: Path = ROOT) -> list[str]:
    """Where something looks like a key and nobody has said that it is none: "file:line: kind"."""
    known = {(name, one["hashed_secret"]) for name, all_ in baseline()["results"].items() for one in all_}
    return sorted(
        f"{name}:{secret.line_number}: {secret.type}"
        for name, secret in found_in(files, root)
        if (name, secret.secret_hash) not in known
    )


def renew() -> None:
    """Writes the baseline anew. What comes to it is not looked at yet, and the test of the baseline says so."""
    judged = {
        (name, one["hashed_secret"]): one["is_secret"]
        for name, all_ in baseline()["results"].items()
        for one in all_
        if "is_secret" in one
    }
    results = found_in(tracked()).json()
    for name, all_ in results.items():
        for one in all_:
            one.pop("is_verified", None)
            # It would name the folder that this checkout lies in.
            one["filename"] = name
            if (name, one["hashed_secret"]) in judged:
                one["is_secret"] = judged[name, one["hashed_secret"]]
    BASELINE.write_text(json.dumps({**baseline(), "results": results}, indent=2, sort_keys=True) + "\n")
