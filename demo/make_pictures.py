"""Draws the demo's own cover, portrait and handout: `python -m demo.make_pictures`.

The outcome is committed, as the lectures of `demo.make_media` are; it needs the same browser and font.
"""

import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

COURSES = Path(__file__).parent / "courses"
COVER = COURSES / "tax-residence" / "cover.jpg"
PORTRAIT = COURSES / "tax-residence" / "portraits" / "白知简.png"
HANDOUT = COURSES / "policy-file" / "handouts" / "保单整理清单.pdf"

COVER_HTML = """<body style="margin:0"><svg width="960" height="540" viewBox="0 0 960 540">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#f2c879"/><stop offset="1" stop-color="#c9704a"/>
</linearGradient></defs><rect width="960" height="540" fill="url(#sky)"/>
<circle cx="690" cy="210" r="86" fill="#fbe7b8"/>
<path d="M0 360 210 250 400 350 610 220 960 380V540H0Z" fill="#7c4a5e"/>
<path d="M0 430 260 330 520 440 760 340 960 430V540H0Z" fill="#4c3552"/>
<path d="M120 540 300 470 470 540Z M520 540 700 480 880 540Z" fill="#2f2440"/>
<g stroke="#fff6e0" stroke-width="5" fill="none"><path d="M480 540C470 470 520 430 560 380" stroke-dasharray="18 14"/>
</g><path d="M560 330v60M560 330h58l-14 16 14 16h-58" stroke="#fff6e0" stroke-width="7" fill="#d94f3a"/></svg></body>"""

FACE_HTML = """<body style="margin:0"><svg width="320" height="320" viewBox="0 0 320 320">
<rect width="320" height="320" fill="#d8e6df"/><path d="M52 320c0-72 48-106 108-106s108 34 108 106Z" fill="#2f5d54"/>
<path d="M132 198h56v40q-28 22-56 0Z" fill="#e2b593"/><circle cx="160" cy="140" r="66" fill="#efc8a6"/>
<path d="M92 142c-4-70 46-92 72-90 40 2 70 32 64 92-10-40-32-54-60-56-30 2-62 14-76 54Z" fill="#3a2c28"/>
<g fill="none" stroke="#3a2c28" stroke-width="5"><circle cx="134" cy="146" r="17"/><circle cx="186" cy="146" r="17"/>
<path d="M151 146h18"/><path d="M138 178q22 16 44 0" stroke-linecap="round"/></g></svg></body>"""

SHEET_HTML = """<html lang="zh-CN"><body style="font:15px/1.9 'Noto Sans CJK SC',sans-serif;color:#20302c">
<h1 style="font-size:24px">保单整理清单</h1><p>随课讲义 · 每张保单填一行，整理完再看缺口。</p>
<table style="width:100%;border-collapse:collapse" border="1" cellpadding="8"><tr style="background:#e8f0ec">
<th>保险公司与险种</th><th>被保险人</th><th>保额</th><th>缴费到期日</th><th>受益人</th></tr>
<tr><td>&nbsp;</td><td></td><td></td><td></td><td></td></tr><tr><td>&nbsp;</td><td></td><td></td><td></td><td></td></tr>
<tr><td>&nbsp;</td><td></td><td></td><td></td><td></td></tr><tr><td>&nbsp;</td><td></td><td></td><td></td><td></td></tr>
</table><h2 style="font-size:18px">整理时问自己</h2><ol><li>家里谁的收入中断，影响最大？他有保障吗？</li>
<li>受益人写的是谁？情况变了没有？</li><li>下一次缴费是哪一天，从哪个账户扣？</li>
<li>原件放在哪里，还有谁知道？</li></ol></body></html>"""


def draw(page: Page, html: str, width: int, height: int, path: Path) -> None:
    """Draws a picture of this size, of the type that the name ends with."""
    path.parent.mkdir(exist_ok=True)
    page.set_viewport_size({"width": width, "height": height})
    page.set_content(html)
    if path.suffix == ".jpg":
        page.screenshot(path=path, type="jpeg", quality=82)
    else:
        page.screenshot(path=path)


def main() -> None:
    """Draws all of them."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page()
        draw(page, COVER_HTML, 960, 540, COVER)
        draw(page, FACE_HTML, 320, 320, PORTRAIT)
        HANDOUT.parent.mkdir(exist_ok=True)
        page.set_content(SHEET_HTML)
        page.pdf(path=HANDOUT, format="A4", margin={"top": "20mm", "bottom": "20mm", "left": "20mm", "right": "20mm"})
        chromium.close()


if __name__ == "__main__":
    main()
