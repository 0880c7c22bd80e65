"""What a model answered, kept between the attempts of a step: nothing that was paid for is asked for again."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.catalog.app.ports import Model, ProductionFiles


@dataclass(frozen=True)
class KeptAnswers:
    """A model that is asked once for the same thing.

    An answer is kept as it came, before anybody reads it: so a second attempt goes the way of the first, also where an
    answer was wrong and the model was told so. It is named by all that it was asked with.
    `before` is called before the model is asked, and may raise.
    """

    model: Model
    files: ProductionFiles
    folder: str
    before: Callable[[], None] = lambda: None

    @property
    def name(self) -> str:
        """The model's."""
        return self.model.name

    def answer(self, task: str, material: str, schema: dict[str, Any]) -> str:
        """What is kept, or else the model's answer. Raises ModelUnavailable."""
        asked = json.dumps([self.name, task, material, schema], sort_keys=True)
        key = f"{self.folder}{hashlib.sha256(asked.encode()).hexdigest()}.json"
        kept = self._kept(key)
        if kept is not None:
            return kept
        self.before()
        answer = self.model.answer(task, material, schema)
        self.files.put(key, json.dumps(answer).encode())
        return answer

    def _kept(self, key: str) -> str | None:
        """None where there is nothing, or nothing that can be read."""
        try:
            kept = json.loads(self.files.read(key))
        except (KeyError, ValueError):
            return None
        return kept if isinstance(kept, str) else None
