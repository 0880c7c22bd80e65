"""What a course would give, said before it is begun: per certificate, and whether the member quota covers it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.credits.app.advice.problems import COURSE_NOT_FOUND
from services.credits.app.context import Context, LedgerContext
from services.credits.app.courses.items import course_key
from services.credits.app.ledger.account import Account
from services.credits.app.ledger.items import read_entries
from services.credits.app.memberships.items import membership_periods
from services.credits.domain.awarding import completion_of, outcomes
from services.credits.domain.courses import CourseVersion
from services.credits.domain.ids import CourseId, LearnerId, WatchId
from services.credits.domain.ledger import Draft, Entry, Reason
from services.credits.domain.quota import QuotaState, quota_state
from services.kit.store import required

NO_WATCH = WatchId("")
"""The watch that the advice imagines; none is charged under this id."""


@dataclass(frozen=True)
class Advice:
    """What a course version would give if its watch were completed at this moment.

    `quota` is the running membership period's, None where none runs; `covered` whether it has room for the whole
    course, None where it is not asked: the watch would rest on a claim or a purchase, or there is no membership.
    `watched` is whether the ledger has a watch of this lecture already.
    """

    course: CourseVersion
    quota: QuotaState | None
    covered: bool | None
    watched: bool
    outcomes: list[Draft]

    @property
    def for_others(self) -> list[Draft]:
        """The outcomes for certificates that are not registered, where some other one is."""
        others = [draft for draft in self.outcomes if draft.reason is Reason.NO_CERTIFICATE]
        return others if len(others) < len(self.outcomes) else []


def read_quotas(ctx: Context, learner_id: LearnerId) -> list[QuotaState]:
    """How the quota of each of the learner's membership periods stands, newest first."""
    return _quotas(ctx, learner_id, read_entries(ctx.store, learner_id))


def _quotas(ctx: Context, learner_id: LearnerId, entries: Sequence[Entry]) -> list[QuotaState]:
    periods = sorted(membership_periods(ctx.store, learner_id).values(), key=lambda p: (p.valid_from, p.id))
    return [quota_state(period, entries) for period in reversed(periods)]


def advise(
    ctx: LedgerContext, learner_id: LearnerId, course_id: CourseId, content_version: str, *, on_membership: bool
) -> Advice:
    """Decides as the ledger would, and enters nothing.

    It is advice: two courses under way can both be covered, and only the first to be completed may still fit.

    Raises:
        Problem: COURSE_NOT_FOUND.
    """
    course = required(ctx.store.get(course_key(course_id, content_version), CourseVersion), COURSE_NOT_FOUND.problem())
    at, account = ctx.clock.now(), Account(ctx, learner_id)
    entries = account.entries()
    quota = next((state for state in _quotas(ctx, learner_id, entries) if state.period.covers(at)), None)
    charged = quota if on_membership else None
    completion = completion_of(course.value, NO_WATCH, at, charged.period.id if charged else None)
    now = account.circumstances_of(completion, course.value.eligible)
    drafts = outcomes(completion, course.value.eligible, now)
    covered = charged.covers(completion) if charged else None
    watched = any(entry.completion.content_id == course.value.content_id for entry in entries)
    return Advice(course.value, quota, covered, watched, drafts)
