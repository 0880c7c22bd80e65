"""Lectures that a synthesizer speaks: eSpeak NG, which a wheel carries, and which knows Chinese and English."""

import ctypes
import wave
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from espeakng_loader import get_data_path, get_library_path

from services.catalog.domain.transcript import Cue

VOICES = {"zh": b"cmn", "en": b"en-us"}
PAUSE_MS = 300
"""Between two pieces; and once before the first, as who records takes a breath."""
_RETRIEVED, _UTF8, _BYTES = 1, 1, 2
"""Sound is given to us and not played; how the text is written; how long a sample is."""
_SAMPLES = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def speak(texts: Iterable[str], language: str, sound: Path) -> list[Cue]:
    """Writes the pieces into a WAV file, one after another. Returns when each is said."""
    library, rate = _espeak()
    library.espeak_SetVoiceByName(VOICES[language])
    spoken, cues = bytearray(_silence(rate)), []
    for text in texts:
        start = _milliseconds(spoken, rate)
        spoken += _said(library, text)
        cues.append(Cue(start, _milliseconds(spoken, rate), text))
        spoken += _silence(rate)
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, _BYTES, rate, 0, "NONE", ""))
        file.writeframes(spoken)
    return cues


@cache
def _espeak() -> tuple[ctypes.CDLL, int]:
    """The library, which a process begins once, and its samples a second."""
    library = ctypes.CDLL(get_library_path())
    rate = library.espeak_Initialize(_RETRIEVED, 0, get_data_path().encode(), 0)
    if rate <= 0:
        raise RuntimeError("the synthesizer has no voices")
    return library, rate


def _said(library: ctypes.CDLL, text: str) -> bytes:
    heard = bytearray()

    def take(samples: int | None, count: int, _: int | None) -> int:
        heard.extend(ctypes.string_at(samples, count * _BYTES) if samples else b"")
        return 0

    called = _SAMPLES(take)
    library.espeak_SetSynthCallback(called)
    given = text.encode() + b"\0"
    if library.espeak_Synth(given, len(given), 0, 0, 0, _UTF8, None, None) or library.espeak_Synchronize():
        raise RuntimeError(f"the synthesizer cannot say {text!r}")
    return bytes(heard)


def _silence(rate: int) -> bytes:
    return bytes(rate * PAUSE_MS // 1000 * _BYTES)


def _milliseconds(spoken: bytearray, rate: int) -> int:
    return len(spoken) * 1000 // (_BYTES * rate)
