"""Scripts on courses of their own, ready to attack."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from demo.cheater import Cheater, wait_for_prompt
from demo.client import Client
from tests.flows.world import World
from tests.security.attacks.script import a_script

PROMPTED = 10
"""Scripts that wait at their first prompt; each test takes one."""


@dataclass
class Stage:
    """The courses of the attacks, and scripts on them."""

    world: World
    long: str
    """20 minutes at normal speed: no attack comes to its first prompt."""
    other: str
    """Another one like it."""
    short: str
    """6 seconds at double speed, with two prompts."""
    waiting: list[Cheater] = field(default_factory=list)

    def script(self, course_id: str = "", learner: Client | None = None) -> Cheater:
        """A script that has started the long course, or another one."""
        return a_script(self.world, course_id or self.long, learner)

    def at_prompt(self) -> Cheater:
        """A script at the first prompt of the short course, which no test has used."""
        if not self.waiting:
            self._prepare()
        return self.waiting.pop()

    def _prepare(self) -> None:
        # Together: all of them wait for real time.
        with ThreadPoolExecutor(PROMPTED) as pool:
            self.waiting = list(pool.map(lambda _: self.script(self.short), range(PROMPTED)))
            list(pool.map(wait_for_prompt, self.waiting))


@pytest.fixture(scope="session")
def stage(world: World) -> Stage:
    """Published courses that every service knows."""
    long, other, short = (
        world.publish(duration_s=duration_s, max_rate=rate, known=False)
        for duration_s, rate in ((1200, "1.0"), (1200, "1.0"), (6, "2.0"))
    )
    world.settle()
    return Stage(world, long, other, short)
