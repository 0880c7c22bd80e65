"""The transcript of a production: an object that its content names, and where it comes from."""

from datetime import datetime
from typing import Literal

from services.catalog.domain.production import Language
from services.kit.kinds import NOTHING, stored

TranscriptSource = Literal["captions", "amazon", "openai", "none"]


@stored(shape=1, personal=NOTHING)
class ProductionTranscript:
    """Where the sentences are kept, who wrote them down, and from which file.

    Where they are kept nowhere there is no transcript, and the course goes without.
    """

    language: Language
    source: TranscriptSource
    changed_at: datetime
    stored_in: str | None = None
    made_of: str = ""
