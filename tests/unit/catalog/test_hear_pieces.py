"""Long sound, heard piece by piece: where it is cut, and what of it is paid for once."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from services.catalog.app.ports import SpeechFile, TranscriberUnavailable
from services.catalog.app.productions.take_step import Onward
from services.catalog.domain import pieces
from services.catalog.domain.pieces import LONGEST_MS, cuts, pieces_of
from services.catalog.domain.transcript import Sentence, Transcript
from tests.unit.catalog.studio import RECORDING, Studio
from tests.unit.catalog.world import World

PIECES = {0: b"one", 2_000: b"two", 4_000: b"three"}


@dataclass
class Listener:
    """A recognizer that writes down a piece's own bytes, and after `dies_after` pieces nothing."""

    world: World
    heard: list[bytes] = field(default_factory=list)
    dies_after: int = 1_000
    takes_ms: int = 0

    def transcribe(self, recording: SpeechFile) -> Transcript:
        """What it heard. Raises TranscriberUnavailable."""
        if len(self.heard) >= self.dies_after:
            raise TranscriberUnavailable("whisper-1: HTTP 503")
        content = recording.path.read_bytes()
        self.heard.append(content)
        self.world.clock.advance(self.takes_ms)
        said = () if content == b"two" else (Sentence(500, 1_000, f"{content.decode()}."),)
        return Transcript(recording.language, said)


@pytest.fixture
def listener(world: World) -> Listener:
    return Listener(world)


@pytest.fixture
def studio(world: World, listener: Listener) -> Studio:
    """A long lecture is packaged and checked."""
    studio = Studio(world, transcriber=listener)
    studio.tool.pieces = PIECES
    studio.begin()
    studio.bring("recording", "talk.mp4", RECORDING)
    studio.write_facts()
    studio.start()
    for step in ("probe", "encode", "check"):
        studio.step(step)
    return studio


def said(studio: Studio) -> list[tuple[int, str]]:
    """The transcript: when, and what."""
    sentences = studio.send("GET", "/transcript").body["sentences"]
    return [(sentence["start_ms"], sentence["text"]) for sentence in sentences]


def test_pieces_are_put_together_by_their_times(studio: Studio, listener: Listener) -> None:
    assert studio.step("transcribe") == Onward(go_on=True)
    assert listener.heard == [b"one", b"two", b"three"]
    assert said(studio) == [(500, "one."), (4_500, "three.")], "in the second one nobody speaks"


@pytest.mark.parametrize("answered", range(3))
def test_what_was_heard_before_a_failure_is_not_asked_again(studio: Studio, listener: Listener, answered: int) -> None:
    listener.dies_after = answered
    with pytest.raises(TranscriberUnavailable):
        studio.step("transcribe")
    listener.dies_after = 1_000
    studio.step("transcribe")
    assert listener.heard == [b"one", b"two", b"three"]
    assert len(said(studio)) == 2


def test_what_was_not_kept_whole_is_heard_again(studio: Studio, listener: Listener, world: World) -> None:
    listener.dies_after = 2
    with pytest.raises(TranscriberUnavailable):
        studio.step("transcribe")
    listener.dies_after = 1_000
    [kept, _] = sorted(key for key in world.bucket.files if "/heard-" in key)
    world.bucket.files[kept] = b'{"language":'
    studio.step("transcribe")
    assert len(listener.heard) == 4
    assert len(said(studio)) == 2


def test_a_long_lecture_is_heard_in_several_calls(studio: Studio, listener: Listener) -> None:
    listener.takes_ms = 5 * 60_000
    answers = [studio.step("transcribe") for _ in range(3)]
    assert answers == [Onward(go_on=True, wait=True)] * 2 + [Onward(go_on=True)]
    assert listener.heard == [b"one", b"two", b"three"]


def test_one_that_takes_long_files_hears_the_whole(
    studio: Studio, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    producing = studio.producing
    monkeypatch.setattr(studio, "producing", lambda: replace(producing(), heard_by="amazon"))
    studio.step("transcribe")
    assert listener.heard == [b"made"]


def test_pieces_are_not_watched(studio: Studio) -> None:
    assert studio.read()["media"]["duration_ms"] == 7_500


def test_cuts_are_made_in_the_last_pause_that_is_far_enough() -> None:
    minute = 60_000
    pauses = [(at * minute, at * minute + 1_000) for at in (2, 6, 9, 12, 19)]
    assert list(cuts(pauses, 35 * minute)) == [9 * minute + 500, 9 * minute + 500 + LONGEST_MS, 29 * minute + 500]


@pytest.mark.parametrize("duration_ms", [1, LONGEST_MS, LONGEST_MS + 1, 8 * 3_600_000])
def test_no_piece_is_too_long(duration_ms: int) -> None:
    begins = [0, *cuts([(at, at + 400) for at in range(0, duration_ms, 97_000)], duration_ms), duration_ms]
    assert all(0 < end - begin <= LONGEST_MS for begin, end in pairwise(begins))


def test_pieces_come_in_the_order_of_their_times() -> None:
    paths = [*(f"{pieces.FOLDER}{pieces.piece_name(at)}" for at in (600_000, 0, 1_200_000)), "sound.m4a", "720p/a.m4s"]
    assert [begin for begin, _ in pieces_of(paths)] == [0, 600_000, 1_200_000]
