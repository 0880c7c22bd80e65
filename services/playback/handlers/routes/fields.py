"""Fields that several routes have."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from services.kit.clock import from_ms
from services.playback.app.watching.tokens import MAX_LENGTH
from services.playback.domain import ids


def _instant(value: object) -> object:
    return from_ms(value) if isinstance(value, int) else value


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""Of an answer. Watching counts milliseconds since the Unix epoch."""
CourseId = Annotated[
    ids.CourseId, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="the course's id")
]
WatchId = Annotated[ids.WatchId, Field(strict=True, pattern=r"^[0-9a-f]{32}$", description="the watch's id")]
LearnerId = Annotated[
    ids.LearnerId,
    Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", description="the user pool's id of the learner"),
]
Token = Annotated[str, Field(strict=True, min_length=1, max_length=MAX_LENGTH, description="the newest token given")]
