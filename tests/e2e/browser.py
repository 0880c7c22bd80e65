"""Finds a Chromium for the browser tests, or installs one: `python -m tests.e2e.browser` prints where it is."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OFF = (
    # The address bar's list is a page for itself: half a second of processor time for every window.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # Playwright's own, which its flag would turn off if there were not this later one.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
"""What Chromium leaves out."""
FLAGS = (
    f"--disable-features={','.join(OFF)}",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=user-gesture-required",
)
HOW = (
    "No Chromium was found and none could be installed. Install one (Debian: apt-get install chromium fonts-noto-cjk), "
    "or set CHROMIUM to the path of a Chromium or Chrome."
)


class NoBrowser(Exception):
    """There is no browser to test with; says what to do."""


def chromium(*, install: bool = True) -> Path:
    """The browser's executable. Without one, installs Debian's package, else Playwright's own.

    Raises:
        NoBrowser: there is none, and it could not be installed.
    """
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise NoBrowser(f"CHROMIUM is {chosen}, which is not an executable file. Correct or unset it.")
        return Path(chosen)
    found = _installed() or _playwrights()
    if found is None and install:
        found = _install_debian() or _install_playwrights()
    if found is None:
        raise NoBrowser(HOW)
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless browser."""
    # Before Playwright starts: looking for its own browser starts it too, and it cannot run inside itself.
    executable = chromium()
    flags = [*FLAGS, *(["--no-sandbox"] if _is_root() else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        try:
            yield browser
        finally:
            browser.close()


def _installed() -> Path | None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def _playwrights() -> Path | None:
    with sync_playwright() as playwright:
        return _own_executable(playwright)


def _own_executable(playwright: Playwright) -> Path | None:
    path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def _install_debian() -> Path | None:
    if not (_is_root() and shutil.which("apt-get")):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _say("Installing Debian's chromium and a Chinese font (a minute or two) ...")
    packages = ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"]
    for arguments in (["update", "-qq"], packages):
        if not _succeeds(["apt-get", *arguments], environment):
            return None
    return _installed()


def _install_playwrights() -> Path | None:
    _say("Downloading Playwright's Chromium (a minute or two) ...")
    if not _succeeds([sys.executable, "-m", "playwright", "install", "chromium"], os.environ):
        return None
    return _playwrights()


def _succeeds(command: list[str], environment: "os._Environ[str] | dict[str, str]") -> bool:
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as error:
        _say(str(error))
        return False
    if done.returncode != 0:
        _say(done.stderr.strip()[-500:])
    return done.returncode == 0


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{chromium()}\n")
    except NoBrowser as missing:
        sys.exit(str(missing))
