"""What the player's calls take and answer."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr

from services.kit.bodies import Request
from services.playback.app.tokens import MAX_LENGTH

MAX_POSITION_MS = 24 * 3_600_000
"""No lecture is longer than a day."""

CourseId = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="the course's id")]
Token = Annotated[StrictStr, Field(min_length=1, max_length=MAX_LENGTH, description="the newest token given")]
Position = Annotated[StrictInt, Field(ge=0, le=MAX_POSITION_MS, description="where the player is, milliseconds")]


class StartRequest(Request):
    """Start, or go on."""

    course_id: CourseId
    take_over: StrictBool = Field(False, description="stop the session that is live elsewhere")
    new_attempt: StrictBool = Field(
        False,
        description="where the latest watch is complete: watch the published version anew, from its start and with "
        "prompts of its own, as a later recertification period needs; otherwise without effect",
    )


class PositionRequest(Request):
    """A beat or a pause."""

    token: Token
    position_ms: Position


class ConfirmRequest(Request):
    """The answer to the open prompt."""

    token: Token
    nonce: StrictStr = Field(min_length=1, max_length=64, description="the open prompt's nonce")
    choice: StrictInt | None = Field(
        None, ge=0, le=99, description="where the prompt asks a question: the place of the chosen answer, from 0"
    )


class MediaRequest(Request):
    """The session that wants its lecture."""

    token: Token


class MediaAnswer(BaseModel):
    """What is open until when; the cookies that open it come with the answer."""

    folder: str = Field(description="path of the content version's folder")
    expires_at: datetime = Field(description="ask again before then")


class PromptsAnswer(BaseModel):
    """How many prompts the watch has, and how many are confirmed."""

    total: int
    confirmed: int


class QuestionAnswer(BaseModel):
    """What a prompt asks. The right choice is known to the server only."""

    text: str
    choices: list[str]


class PromptAnswer(BaseModel):
    """The prompt that waits: nothing is credited until it is confirmed. It waits for ever."""

    index: int = Field(description="its number, from 0")
    nonce: str
    shown_at: datetime
    question: QuestionAnswer | None = Field(description="null: it only waits to be confirmed")
    wrong_answers: int = Field(description="how often it was answered wrongly; each time it asks again")


class WatchAnswer(BaseModel):
    """Where the watch stands after the call. Times are milliseconds."""

    token: str = Field(description="for the next call")
    session_id: str
    watch_id: str
    course_id: str
    attempt: int
    content_version: str
    duration_ms: int
    furthest_ms: int = Field(description="credited: the prefix [0, furthest_ms] of the lecture")
    saved_at: datetime = Field(description="everything credited until then is saved")
    lease_expires_at: datetime
    next_beat_ms: int = Field(description="how long to wait before the next beat")
    gap_cap_ms: int = Field(description="unsaved play beyond this is lost: stop there")
    day_left_ms: int = Field(description="how much more can be credited today (Asia/Shanghai)")
    max_rate: Decimal = Field(description="playing faster earns nothing extra")
    prompts: PromptsAnswer
    prompt: PromptAnswer | None
    completed: bool
    completed_at: datetime | None


class StartAnswer(WatchAnswer):
    """A session, and where its lecture is. `prompts` and `max_rate` announce the rules before the first second."""

    media_url: str


class ProgressAnswer(BaseModel):
    """How far the learner is."""

    course_id: str
    watch_id: str
    content_version: str
    duration_ms: int
    furthest_ms: int
    prompts: PromptsAnswer
    completed: bool
    completed_at: datetime | None
