"""A reviewer holds an award, releases it, or takes it back."""

from dataclasses import dataclass

from services.credits.app.awarding.problems import AWARD_NOT_FOUND, AWARD_VOID, OWN_AWARD
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account, Cause
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import COUNTED, Entry
from services.credits.domain.review import Standing, Verdict, decided, standing_of
from services.kit.call import Call
from services.kit.store import Change, commit_retrying


@dataclass(frozen=True)
class AwardReview:
    """Which award, by its number in the learner's ledger, and what it is to be."""

    learner_id: LearnerId
    number: int
    standing: Standing
    reason: str


def review_award(ctx: LedgerContext, call: Call, wanted: AwardReview) -> tuple[Entry, Standing]:
    """Brings an award to what the reviewer decides; returns the award and what it is now. The same again adds nothing.

    Raises:
        Problem: OWN_AWARD, AWARD_NOT_FOUND, AWARD_VOID.
        Conflict: others kept writing.
    """
    if call.caller_id == wanted.learner_id:
        raise OWN_AWARD.problem()

    def plan() -> tuple[Change, tuple[Entry, Standing]]:
        account = Account(ctx, wanted.learner_id)
        entries = account.entries()
        award = next((e for e in entries if e.number == wanted.number and e.kind in COUNTED), None)
        if award is None:
            raise AWARD_NOT_FOUND.problem()
        if standing_of(award, entries) is Standing.VOID is not wanted.standing:
            raise AWARD_VOID.problem()
        drafts = decided(award, entries, Verdict(wanted.standing, wanted.reason, call.caller_id))
        if not drafts:
            return Change(), (award, wanted.standing)
        writes, events = account.post(drafts, Cause(call.correlation_id))
        subject = f"{wanted.learner_id}/{award.number}"
        audit = ctx.audit.entry(call.caller, f"award_{wanted.standing}", subject, wanted.reason)
        return Change([audit, *writes], events), (award, wanted.standing)

    return commit_retrying(ctx.store, plan)
