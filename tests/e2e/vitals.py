"""How soon pages show what matters, and whether it stays in place: `python -m tests.e2e.vitals` prints a table.

Figures are Chromium's own performance entries, of a first visit with an empty cache. The phone has a processor that is
four times slower, and a network of 1.6 Mbit/s with 150 ms there and back, as Lighthouse's phone has. What the services
answer takes as long as it does on this machine.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from local.system import start
from local.toolchain import build_client
from tests.e2e.browser import launched
from tests.e2e.learner import COURSE, Desk, Size, Window
from tests.flows.world import World

OBSERVE = """() => {
  window.vitals = { lcp: 0, cls: 0 }
  const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true })
  watch('largest-contentful-paint', (entry) => { window.vitals.lcp = entry.startTime })
  watch('layout-shift', (entry) => { if (!entry.hadRecentInput) window.vitals.cls += entry.value })
}"""
PHONE_CPU, PHONE_BYTES_PER_S, PHONE_LATENCY_MS = 4, 200_000, 150
PAGES = {"home": "/", "course": f"/courses/{COURSE}", "hours": "/hours"}


@dataclass(frozen=True)
class Vitals:
    """Largest contentful paint, in milliseconds, and the sum of unexpected layout shifts."""

    lcp_ms: float
    shift: float


def measured(page: Page, path: str) -> Vitals:
    """Opens a page, waits until it is quiet, and reads what Chromium has noted."""
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.evaluate(OBSERVE)
    # Entries that are buffered are handed over in a task of their own.
    page.wait_for_function("() => window.vitals.lcp > 0")
    found = page.evaluate("() => window.vitals")
    return Vitals(found["lcp"], found["cls"])


def slowed(window: Window) -> None:
    """A phone's processor and network."""
    devtools = window.page.context.new_cdp_session(window.page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": PHONE_CPU})
    network = {"downloadThroughput": PHONE_BYTES_PER_S, "uploadThroughput": PHONE_BYTES_PER_S / 2}
    devtools.send("Network.emulateNetworkConditions", {"offline": False, "latency": PHONE_LATENCY_MS, **network})


def main() -> None:
    """Measures the main pages on both sizes of screen."""
    build_client()
    with (
        tempfile.TemporaryDirectory() as directory,
        start(workdir=Path(directory), seed=True) as system,
        launched() as browser,
    ):
        system.settle()
        desk = Desk(browser, World(system))
        sys.stdout.write("| page | size | largest contentful paint | layout shift |\n|---|---|---|---|\n")
        for size in ("desktop", "phone"):
            for name, path in PAGES.items():
                found = _visit(desk, size, path)
                sys.stdout.write(f"| {name} | {size} | {found.lcp_ms / 1000:.1f} s | {found.shift:.3f} |\n")
        desk.close()


def _visit(desk: Desk, size: Size, path: str) -> Vitals:
    window = desk.window(size)
    if path == PAGES["hours"]:
        window.open_as(desk.member(), path)
    if size == "phone":
        slowed(window)
    return measured(window.page, path)


if __name__ == "__main__":
    main()
