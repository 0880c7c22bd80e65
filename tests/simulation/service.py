"""Playback's handlers for one learner and one course, at instants that the simulation chooses."""

from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any

from services.playback.domain.ids import CourseId
from tests.gateway import LambdaContext, claims, request
from tests.unit.playback.functions import PlayerFunctions
from tests.unit.playback.world import LEARNER, NOON_IN_SHANGHAI, World

COURSE = CourseId("course")


class Service:
    """A learner who has just been granted the course."""

    def __init__(self, duration_ms: int, rate: float) -> None:
        self._world = World()
        self._world.publish(COURSE, duration_ms=duration_ms, rate=str(rate))
        self._world.entitle(LEARNER, COURSE)
        self._api = PlayerFunctions(self._world.context)

    def answer(self, at: int, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, str]:
        """Status and body of the answer to a request that arrives so many milliseconds after the beginning."""
        clock = self._world.clock
        clock.advance((NOON_IN_SHANGHAI + timedelta(milliseconds=at) - clock.now()) // timedelta(milliseconds=1))
        key = {name: value for name, value in headers.items() if name == "idempotency-key"}
        with redirect_stdout(None):  # where a function counts
            answer: dict[str, Any] = self._api.handle(
                request(method, path, body, who=claims(LEARNER), **key),
                LambdaContext(),
            )
        return answer["statusCode"], answer["body"]
