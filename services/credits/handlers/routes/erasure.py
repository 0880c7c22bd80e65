"""Forgetting a person: by themselves, or by an administrator on their request."""

from datetime import datetime

from pydantic import Field

from services.credits.app.context import LedgerContext
from services.credits.app.erasure.erase_person import erase_person, erase_self
from services.credits.handlers.routes.fields import LearnerId, Reason
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role


class ErasureRequest(Request):
    """On what ground; without the person's name, since it stays."""

    reason: Reason


class ErasureAnswer(Answer):
    """That it was done."""

    learner_id: str
    erased_at: datetime = Field(description="the profile is empty since; names on documents and the user follow")


def add_erasure_routes(api: HttpApi, ctx: LedgerContext) -> None:
    """The erasure's routes."""

    @api.secured(Role.ADMINISTRATOR).route("POST /v1/credits/learners/<learner_id>/erasure", "erase_person")
    def erase(learner_id: LearnerId, request: ErasureRequest) -> ErasureAnswer:
        """Forget a person for good: profile, names, numbers and the user; the ledger stays; safe to repeat."""
        at = erase_person(ctx, api.call(), learner_id, request.reason)
        return ErasureAnswer(learner_id=learner_id, erased_at=at)

    @api.secured(Role.LEARNER).route("POST /v1/credits/erasure", "erase_own_account")
    def erase_own() -> ErasureAnswer:
        """Delete one's own account for good, within ten minutes of a sign-in; the ledger stays; safe to repeat."""
        at = erase_self(ctx, api.call())
        return ErasureAnswer(learner_id=api.call().caller_id, erased_at=at)
