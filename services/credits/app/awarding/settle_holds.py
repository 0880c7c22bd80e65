"""Ends the holds that have nothing left to wait for."""

from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account, Cause
from services.credits.domain.awarding import released
from services.credits.domain.balances import open_holds
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Draft
from services.credits.events.consumed import AboutLearner
from services.kit.events import Envelope
from services.kit.store import Change, commit_retrying

RELEASES_PER_TRANSACTION = 16
"""A released hold is up to five items (release, award, mark, two events): 80 of the 100 that a transaction takes."""


def first_releases(account: Account) -> list[Draft]:
    """The first holds to end as the account stands, as many as one transaction takes beside what made them end."""
    holds = open_holds(account.entries())
    return released(holds, account.circumstances(), RELEASES_PER_TRANSACTION) if holds else []


def settle_holds(ctx: LedgerContext, learner_id: LearnerId, cause: Cause) -> None:
    """Ends, in as many transactions as it takes, every hold that waits for something that is there now.

    Interrupted between two transactions it goes on when it is called again. It needs no inbox marker: what is released
    is no longer held, and what is decided follows from the account alone, never from the event that led here.

    Raises:
        Conflict: others kept writing; the queue delivers the event again.
    """

    def plan() -> tuple[Change, bool]:
        account = Account(ctx, learner_id)
        drafts = first_releases(account)
        return (Change(*account.post(drafts, cause)), True) if drafts else (Change(), False)

    while commit_retrying(ctx.store, plan):
        pass


def settle_after(ctx: LedgerContext, event: Envelope) -> None:
    """Does so after one of our own events about a learner.

    Raises:
        ValueError: the event names no learner.
        Conflict: see there.
    """
    about = AboutLearner.model_validate(event.data)
    settle_holds(ctx, about.learner_id, Cause(event.correlation_id, event.id))
