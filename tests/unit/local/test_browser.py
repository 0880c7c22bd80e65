"""Setting up the browser of the browser tests: once, waiting for locks, and with a sentence where it cannot be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.steps import Steps
from tests.e2e import browser
from tests.e2e.browser import NO_BROWSER, NO_FONT, NotSetUp, set_up

APT_GET = """#!/bin/sh
PATH=/usr/bin:/bin
echo "$*" >> {home}/calls
[ -e {home}/lock ] && {{ rm {home}/lock; echo "E: Could not get lock /var/lib/dpkg/lock-frontend." >&2; exit 100; }}
[ "$1" = install ] || exit 0
for package in "$@"; do
  [ "$package" = chromium-headless-shell ] && cp {home}/fc-list {home}/chromium
  [ "$package" = fonts-noto-cjk ] && echo "echo Noto Sans CJK SC" >> {home}/fc-list
done
exit 0
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole path of a machine without a browser and without a Chinese font."""
    program(tmp_path / "fc-list", "#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "NAMES", [str(tmp_path / "chromium")])
    monkeypatch.setattr(browser, "RETRY_S", 0.01)
    monkeypatch.setattr(browser, "ROOT", tmp_path)
    monkeypatch.setattr(browser, "_is_root", lambda: True)
    # Playwright's own browser is not there, and its download fails.
    monkeypatch.setattr(browser, "_playwrights", lambda: tmp_path / "no-such-browser")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    return tmp_path


def program(path: Path, text: str) -> None:
    """An executable file."""
    path.write_text(text)
    path.chmod(0o755)


def calls(machine: Path) -> list[str]:
    """What the package manager was told."""
    return (machine / "calls").read_text().splitlines() if (machine / "calls").exists() else []


def test_what_is_missing_is_installed_once(machine: Path) -> None:
    program(machine / "apt-get", APT_GET.format(home=machine))
    set_up(Steps.silent())
    told = calls(machine)
    assert [line.split()[0] for line in told] == ["update", "install"]
    assert {"chromium-headless-shell", "fonts-noto-cjk"} <= set(told[1].split())
    set_up(Steps.silent())
    assert calls(machine) == told


def test_only_what_is_missing_is_installed(machine: Path) -> None:
    program(machine / "apt-get", APT_GET.format(home=machine))
    program(machine / "chromium", "#!/bin/sh\n")
    set_up(Steps.silent())
    assert "chromium-headless-shell" not in calls(machine)[-1].split()


def test_another_package_manager_is_waited_for(machine: Path) -> None:
    program(machine / "apt-get", APT_GET.format(home=machine))
    (machine / "lock").touch()
    set_up(Steps.silent())
    assert [line.split()[0] for line in calls(machine)] == ["update", "update", "install"]


def test_without_a_package_manager_a_sentence_says_what_to_do(machine: Path) -> None:
    with pytest.raises(NotSetUp) as refused:
        set_up(Steps.silent())
    assert str(refused.value) == NO_FONT
    program(machine / "fc-list", "#!/bin/sh\necho Noto Sans CJK SC\n")
    with pytest.raises(NotSetUp) as refused:
        set_up(Steps.silent())
    assert str(refused.value) == NO_BROWSER


def test_a_chosen_browser_needs_no_other_and_must_be_there(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine / "fc-list", "#!/bin/sh\necho Noto Sans CJK SC\n")
    program(machine / "mine", "#!/bin/sh\n")
    monkeypatch.setenv("CHROMIUM", str(machine / "mine"))
    set_up(Steps.silent())
    monkeypatch.setenv("CHROMIUM", str(machine / "other"))
    with pytest.raises(NotSetUp, match="CHROMIUM is"):
        set_up(Steps.silent())


def test_playwright_runs_on_the_node_that_is_set_up() -> None:
    node = Path(os.environ["PLAYWRIGHT_NODEJS_PATH"])
    assert node.is_relative_to(sys.prefix)
    told = subprocess.run([node, "--version"], capture_output=True, check=True)  # noqa: S603 (ours)
    assert told.stdout.startswith(b"v")
