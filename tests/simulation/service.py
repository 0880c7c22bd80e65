"""Playback's handlers for one learner and one course, at instants that the simulation chooses."""

from contextlib import redirect_stdout
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

from services.kit.days import start_of
from services.playback.domain.ids import CourseId
from services.playback.domain.policy import policy_in_force
from tests.gateway import LambdaContext, claims, request
from tests.unit.playback.functions import PlayerFunctions
from tests.unit.playback.world import LEARNER, World

COURSE = CourseId("course")
NEWEST = policy_in_force(date.max)
"""The edition that everybody who is yet to start will watch under."""
BEGINS = start_of(NEWEST.effective_from) + timedelta(hours=12)


class Service:
    """A learner who has just been granted the course."""

    def __init__(self, duration_ms: int, rate: float) -> None:
        self._world = World()
        self._pass_until(BEGINS)
        self._world.publish(COURSE, duration_ms=duration_ms, rate=str(rate))
        self._world.entitle(LEARNER, COURSE)
        self._api = PlayerFunctions(self._world.context)

    def answer(self, at: int, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, str]:
        """Status and body of the answer to a request that arrives so many milliseconds after the beginning."""
        self._pass_until(BEGINS + timedelta(milliseconds=at))
        key = {name: value for name, value in headers.items() if name == "idempotency-key"}
        with redirect_stdout(StringIO()):  # where a function counts
            answer: dict[str, Any] = self._api.handle(
                request(method, path, body, who=claims(LEARNER), **key),
                LambdaContext(),
            )
        return answer["statusCode"], answer["body"]

    def _pass_until(self, instant: datetime) -> None:
        clock = self._world.clock
        clock.advance((instant - clock.now()) // timedelta(milliseconds=1))
