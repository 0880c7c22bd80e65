"""Fields that several routes have."""

from typing import Annotated

from pydantic import Field, Strict

from services.playback.app.watching.tokens import MAX_LENGTH
from services.playback.domain import ids

CourseId = Annotated[ids.CourseId, Strict(), Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="the course's id")]
WatchId = Annotated[ids.WatchId, Strict(), Field(pattern=r"^[0-9a-f]{32}$", description="the watch's id")]
LearnerId = Annotated[
    ids.LearnerId,
    Strict(),
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", description="the user pool's id of the learner"),
]
Token = Annotated[str, Strict(), Field(min_length=1, max_length=MAX_LENGTH, description="the newest token given")]
