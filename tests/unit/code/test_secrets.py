"""The scan for keys in tracked files finds one, and what it is told to overlook was looked at."""

from pathlib import Path

import pytest

from tests.audit import secrets

PLANTED = {
    "an access key of AWS": "key = 'AKIA" + "Q7DXM2PLV5ZT3NWC'",
    "a private key": "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    "a password": "password = '" + "Tr0ub4dor-and-3'",
    "random text": "mac = '" + "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA='",
}
"""Put together here, so that this file is not taken for one that holds keys."""


@pytest.mark.parametrize("text", PLANTED.values(), ids=PLANTED)
def test_a_planted_key_is_found(text: str, tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(text)
    found = secrets.new_secrets(["settings.py"], tmp_path)
    assert [place.rpartition(":")[0] for place in found] == ["settings.py:1"]


def test_what_is_known_to_be_none_is_not_told_again() -> None:
    known = secrets.baseline()["results"]
    assert secrets.new_secrets(list(known)[:3]) == []


def test_somebody_has_looked_at_all_that_is_overlooked() -> None:
    entries = [(name, one) for name, all_ in secrets.baseline()["results"].items() for one in all_]
    assert entries
    assert [(name, one["line_number"]) for name, one in entries if one.get("is_secret") is not False] == []


def test_files_are_named_from_the_root() -> None:
    """A path of somebody's machine is nobody's business."""
    results = secrets.baseline()["results"].items()
    assert {one["filename"] for name, all_ in results for one in all_ if one["filename"] != name} == set()
