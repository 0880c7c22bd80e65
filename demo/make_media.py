"""Draws the demo lectures and cuts them into HLS: `python -m demo.make_media [course ...]`.

The outcome is committed; run it again only after changing a course's cards.yaml. It needs Chromium and a font with
Chinese characters (Debian: chromium, fonts-noto-cjk), which running the system does not.
"""

import html
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import yaml
from playwright.sync_api import Page, sync_playwright

from services.catalog.domain.document import parse_time
from services.catalog.domain.media import PLAYLIST
from services.catalog.domain.playlist import read_playlist

COURSES = Path(__file__).parent / "courses"
WIDTH, HEIGHT = 960, 540

STYLE = """
* { margin: 0; box-sizing: border-box }
body { width: 960px; height: 540px; padding: 64px 72px; color: #f5f1e6; background: #12352f;
       font-family: 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif }
header { font-size: 18px; letter-spacing: .2em; color: #d9b25f }
h1 { font-size: 44px; line-height: 1.35; margin: 26px 0 30px; font-weight: 700 }
ul { padding: 0 }
li { font-size: 27px; line-height: 1.3; margin: 0 0 16px; list-style: none; padding-left: 30px; position: relative }
li::before { content: ''; position: absolute; left: 0; top: 12px; width: 12px; height: 12px; background: #d9b25f }
"""


@dataclass(frozen=True)
class Card:
    """One still picture, shown for `seconds`."""

    title: str
    points: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Form:
    """How a lecture is encoded. `quality` is x264's constant rate factor: flat cards stay sharp at these."""

    scaled: str
    frames_per_second: int
    keyframe_seconds: int
    segment_seconds: int
    quality: int
    chime_seconds: int
    sample_rate: int


SHORT = Form("800:450", 2, 2, 4, quality=37, chime_seconds=10, sample_rate=16_000)
"""90 seconds stay below 0.4 MB."""
LONG = Form("640:360", 1, 20, 20, quality=38, chime_seconds=300, sample_rate=8_000)
"""50 minutes stay below 2 MB and 160 files."""
LONG_FROM_SECONDS = 600


def read_cards(course: Path) -> list[Card]:
    """The cards of a course's cards.yaml, each until the next one starts."""
    described = yaml.load((course / "cards.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 (text only)
    cards = described["cards"]
    starts = [parse_time(card["at"]) / 1000 for card in cards] + [float(described["seconds"])]
    lengths = [end - start for start, end in pairwise(starts)]
    return [Card(c["title"], tuple(c["points"]), seconds) for c, seconds in zip(cards, lengths, strict=True)]


def draw(page: Page, card: Card, target: Path) -> None:
    """Draws a card as a PNG."""
    points = "".join(f"<li>{html.escape(point)}</li>" for point in card.points)
    body = f"<header>学时 XUESHI</header><h1>{html.escape(card.title)}</h1><ul>{points}</ul>"
    page.set_content(f"<style>{STYLE}</style>{body}")
    page.screenshot(path=target)


def encode(cards: list[Card], pictures: Path, media: Path) -> None:
    """Makes HLS of the pictures, with a bar that grows along the bottom edge and a soft chime now and then."""
    total = sum(card.seconds for card in cards)
    form = LONG if total >= LONG_FROM_SECONDS else SHORT
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
    for index, card in enumerate(cards):
        still = ["-loop", "1", "-framerate", str(form.frames_per_second), "-t", str(card.seconds)]
        command += [*still, "-i", str(pictures / f"{index}.png")]
    every, rate = form.chime_seconds, form.sample_rate
    chime = f"aevalsrc=0.06*sin(2*PI*523*t)*exp(-4*mod(t\\,{every})):s={rate}:d={total}"
    command += ["-f", "lavfi", "-i", chime, "-filter_complex", _picture(len(cards), total, form)]
    command += ["-map", "[out]", "-map", f"{len(cards)}:a", *_codecs(form), *_hls(media, form)]
    subprocess.run(command, check=True)


def _picture(cards: int, total: float, form: Form) -> str:
    joined = "".join(f"[{index}:v]" for index in range(cards)) + f"concat=n={cards}:v=1:a=0[still]"
    bar = f"color=c=0xd9b25f:s={WIDTH}x8:r={form.frames_per_second}:d={total}[bar]"
    grown = f"overlay=x=-W+W*t/{total}:y=H-h:shortest=1"
    return f"{joined};{bar};[still][bar]{grown},scale={form.scaled},format=yuv420p[out]"


def _codecs(form: Form) -> list[str]:
    # No B-frames: at two frames a second their delay made lectures play a second longer than the playlist says.
    keyframes = str(form.frames_per_second * form.keyframe_seconds)
    video = ["-c:v", "libx264", "-profile:v", "main", "-preset", "veryslow", "-tune", "animation"]
    video += ["-crf", str(form.quality), "-g", keyframes, "-keyint_min", keyframes, "-sc_threshold", "0", "-bf", "0"]
    audio = ["-threads", "1", "-c:a", "aac", "-b:a", "8k", "-ac", "1"]
    exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    return [*video, *audio, *exact]


def _hls(media: Path, form: Form) -> list[str]:
    kind = ["-f", "hls", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"]
    kind += ["-hls_time", str(form.segment_seconds)]
    names = ["-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", str(media / "seg-%03d.m4s")]
    return [*kind, "-hls_flags", "independent_segments", *names, str(media / PLAYLIST)]


def make(page: Page, course: Path) -> None:
    """Makes one course's media folder anew."""
    cards, media = read_cards(course), course / "media"
    shutil.rmtree(media, ignore_errors=True)
    media.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder)
        for index, card in enumerate(cards):
            draw(page, card, pictures / f"{index}.png")
        encode(cards, pictures, media)
    playlist = read_playlist((media / PLAYLIST).read_bytes())
    size = sum(file.stat().st_size for file in media.iterdir())
    print(f"{course.name}: {playlist.duration_ms / 1000} s, {len(playlist.segments)} segments, {size / 1024:.0f} KB")


def main(names: list[str]) -> None:
    """Makes the media of the named demo courses, or of all."""
    folders = [COURSES / name for name in names] or sorted(p.parent for p in COURSES.glob("*/cards.yaml"))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for folder in folders:
            make(page, folder)
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1:])
