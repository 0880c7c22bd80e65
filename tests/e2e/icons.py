"""Draws the client's icons that have to be pixels, from the ones that are lines: `python -m tests.e2e.icons`."""

from local.toolchain import WEB
from tests.e2e.browser import launched

PUBLIC = WEB / "public"
DRAWN = {
    "icon-180.png": ("icon-maskable.svg", 180),
    "icon-192.png": ("icon.svg", 192),
    "icon-512.png": ("icon.svg", 512),
    "icon-maskable-512.png": ("icon-maskable.svg", 512),
}
"""File -> what it is drawn from, and its width and height in pixels. iOS cuts the corners off by itself."""


def main() -> None:
    """Draws all of them."""
    with launched() as browser:
        for name, (source, size) in DRAWN.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            svg = (PUBLIC / source).read_text(encoding="utf-8")
            page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:100vw}}</style>{svg}")
            page.screenshot(path=PUBLIC / name, omit_background=True)
            page.close()


if __name__ == "__main__":
    main()
