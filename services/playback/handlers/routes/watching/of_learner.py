"""What a learner has watched, for staff who help or review."""

from pydantic import Field

from services.kit.bodies import Answer
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.playback.app.context import RiskContext
from services.playback.app.watching.list_watches import WatchView, list_watches
from services.playback.handlers.routes.fields import Instant, LearnerId
from services.playback.handlers.routes.watching.answers import PromptsAnswer


class LearnerWatchAnswer(Answer):
    """One watch of a course."""

    watch_id: str
    course_id: str
    number: int = Field(description="counts the learner's watches of the course, from 1")
    basis: str = Field(description="what it rests on: claim, purchase, membership or grant; more may come")
    duration_ms: int
    furthest_ms: int
    prompts: PromptsAnswer
    started_at: Instant
    completed_at: Instant | None


class LearnerWatchesAnswer(Answer):
    """What a learner has watched, begun last first."""

    watches: list[LearnerWatchAnswer]


def add_learner_routes(api: HttpApi, ctx: RiskContext) -> None:
    """Staff's route."""

    @api.secured(Role.ADMINISTRATOR, Role.SUPPORT, Role.REVIEWER).route(
        "GET /v1/playback/learners/<learner_id>/watches", "list_learner_watches"
    )
    def watches(learner_id: LearnerId) -> LearnerWatchesAnswer:
        """What a learner has watched, and how far, as of the last accepted call."""
        return LearnerWatchesAnswer(watches=[_answer(view) for view in list_watches(ctx, learner_id)])


def _answer(view: WatchView) -> LearnerWatchAnswer:
    prompts = PromptsAnswer(total=view.prompts, confirmed=view.attempt.confirmed)
    return LearnerWatchAnswer.of(view.attempt, prompts=prompts, basis=view.attempt.entitlement.basis)
