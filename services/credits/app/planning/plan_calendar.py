"""A plan as a calendar file: its courses on the days on which they are to be finished, with the deadlines."""

from datetime import date

from services.credits.app.context import RulesContext
from services.credits.app.deadlines.calendar_file import deadline_events
from services.credits.app.deadlines.problems import NO_DEADLINES
from services.credits.app.planning.plan_hours import PlanView
from services.credits.app.texts.icalendar import CalendarEvent, calendar
from services.credits.app.texts.plans import step_summary, step_text
from services.credits.domain.ids import LearnerId
from services.credits.domain.planning import Step
from services.kit.days import civil_day

ALARM_DAYS = (1,)
"""At nine in the morning of the day before."""


def plan_calendar(ctx: RulesContext, learner_id: LearnerId, view: PlanView) -> bytes:
    """The file. A course keeps its entry from plan to plan, whatever its day; deadlines are as in their own file.

    Raises:
        Problem: NO_DEADLINES: a calendar cannot be empty.
    """
    now = ctx.clock.now()
    today = civil_day(now)
    steps = [_event(step, learner_id, today) for step in view.plan.steps]
    events = [*steps, *deadline_events(view.balances, learner_id, today)]
    if not events:
        raise NO_DEADLINES.problem()
    return calendar(events, now)


def _event(step: Step, learner_id: LearnerId, today: date) -> CalendarEvent:
    text = step_text(step)
    return CalendarEvent(
        uid=f"plan-{step.choice.offer.course.course_id}-{learner_id}@xueshi",
        day=max(today, step.finished_on),
        summary=step_summary(step),
        description=f"{text.zh}\n{text.en}",
        alarm_days=ALARM_DAYS,
    )
