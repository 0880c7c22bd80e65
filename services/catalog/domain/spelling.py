"""How Chinese text is typed otherwise: in traditional characters, or as its sound in Latin letters. Pure.

The tables are not here: they come with the search index, and whoever makes that has them from libraries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Spelling:
    """What is known of single characters.

    `traditional` and `simplified` belong together place by place; so do `characters` and `readings`, which are
    syllables without tones, ü as v, separated by spaces.
    """

    traditional: str = ""
    simplified: str = ""
    characters: str = ""
    readings: str = ""

    def simplify(self, text: str) -> str:
        """The text in simplified characters, each for one: what stood for two things is found by either."""
        return text.translate(self._simple)

    def syllables(self, run: str) -> Sequence[str]:
        """How each character sounds; nothing where one has no sound that is known."""
        found = [self._sounds.get(character) for character in run]
        return [sound for sound in found if sound] if all(found) else []

    @cached_property
    def _simple(self) -> Mapping[int, int]:
        return str.maketrans(self.traditional, self.simplified)

    @cached_property
    def _sounds(self) -> Mapping[str, str]:
        return dict(zip(self.characters, self.readings.split(), strict=True))


UNKNOWN = Spelling()
"""Where nothing is known: text is found as it stands."""
