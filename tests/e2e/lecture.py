"""A lecture as a training department has one: three minutes of somebody who speaks over slides, and the captions."""

import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from playwright.sync_api import Browser

from demo.make_media import HEIGHT, WIDTH, Card, draw
from services.catalog.adapters.caption_file import read_captions
from services.catalog.domain.transcript import Cue, Transcript, transcript_of_cues
from tests.speech import speak

WRITTEN = Path("tests/quality/lectures/life-insurance-needs/captions.vtt")
PIECES, PIECES_A_SLIDE = 41, 8
"""Of what is said there: three minutes."""
FILM = ["-vf", "fps=10,format=yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]


@dataclass(frozen=True)
class Lecture:
    """The files, and what is said."""

    recording: Path
    captions: Path
    transcript: Transcript
    seconds: float


def record(browser: Browser, folder: Path) -> Lecture:
    """Speaks it, draws the slides, and films both."""
    written = read_captions(WRITTEN.read_bytes()).cues[:PIECES]
    cues = speak([cue.text for cue in written], "zh", folder / "speech.wav")
    _draw(browser, cues, folder)
    recording = folder / "lecture.mp4"
    inputs = ["-f", "concat", "-i", str(folder / "slides.txt"), "-i", str(folder / "speech.wav")]
    command = [get_ffmpeg_exe(), "-loglevel", "error", *inputs, *FILM, "-shortest", str(recording)]
    subprocess.run(command, check=True)  # noqa: S603
    captions = folder / "zh.srt"
    captions.write_text("\n".join(_numbered(cues)), encoding="utf-8")
    return Lecture(recording, captions, transcript_of_cues("zh", cues), cues[-1].end_ms / 1000)


def _draw(browser: Browser, cues: list[Cue], folder: Path) -> None:
    """A slide for every few pieces, shown from when the first of them is said."""
    groups = [cues[place : place + PIECES_A_SLIDE] for place in range(0, len(cues), PIECES_A_SLIDE)]
    starts = [0, *(group[0].start_ms for group in groups[1:]), cues[-1].end_ms]
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    lines = []
    for number, (group, (start, end)) in enumerate(zip(groups, pairwise(starts), strict=True)):
        slide = folder / f"{number}.png"
        draw(page, Card(group[0].text, tuple(cue.text for cue in group[1:4]), (end - start) / 1000), slide)
        lines += [f"file '{slide.name}'", f"duration {(end - start) / 1000}"]
    page.close()
    # What is shown last is named once more: the concat demuxer overlooks the last duration.
    (folder / "slides.txt").write_text("\n".join([*lines, lines[-2]]), encoding="utf-8")


def _numbered(cues: list[Cue]) -> list[str]:
    return [f"{n}\n{_time(cue.start_ms)} --> {_time(cue.end_ms)}\n{cue.text}\n" for n, cue in enumerate(cues, start=1)]


def _time(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"00:{seconds // 60:02d}:{seconds % 60:02d},{rest:03d}"
