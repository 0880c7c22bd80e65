"""The learner's pace."""

from dataclasses import replace

from services.credits.app.context import Context
from services.credits.app.planning.items import PlanSettings, plan_settings_key
from services.credits.domain.ids import LearnerId
from services.kit.call import Call
from services.kit.store import Change, Store, commit_retrying, read_or


def read_plan_settings(store: Store, learner_id: LearnerId) -> PlanSettings:
    """What the learner chose; the usual pace until they do."""
    return read_or(store, plan_settings_key(learner_id), PlanSettings()).value


def set_plan_settings(ctx: Context, call: Call, weekly_minutes: int) -> PlanSettings:
    """Says how many minutes a week the learner means to watch.

    Raises:
        Conflict: others kept writing.
    """
    key = plan_settings_key(LearnerId(call.caller_id))

    def plan() -> tuple[Change, PlanSettings]:
        known = read_or(ctx.store, key, PlanSettings())
        chosen = replace(known.value, weekly_minutes=weekly_minutes)
        return Change([known.put(chosen)] if chosen != known.value else []), chosen

    return commit_retrying(ctx.store, plan)
