"""What tests of the staff's pages look at."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from demo.people import learner_id_of
from tests.e2e.learner import Desk, Person
from tests.flows.world import World, eventually

TITLE = "Rebalancing a portfolio"


@dataclass(frozen=True)
class Watched:
    """A course that a script has watched, so that there are a risk case, an award, a declaration and a review."""

    course_id: str
    learner: Person
    watch_id: str

    @property
    def learner_id(self) -> str:
        """The opaque id."""
        return learner_id_of(self.learner.client)


@pytest.fixture(scope="session")
def watched(people: World, browser: Browser) -> Watched:
    """Made once; every role looks at it from its side."""
    learner = Desk(browser, people).member()
    course_id = people.publish(title=TITLE)
    people.claim(learner.client, course_id)
    watch_id = str(people.watch(learner.client, course_id)["watch_id"])
    eventually(lambda: people.staff("reviewer").get(f"/v1/playback/risk-cases/{watch_id}").ok)
    eventually(lambda: people.awards(learner.client))
    people.settle()
    people.run_scheduled("playback", "log")
    return Watched(course_id, learner, watch_id)
