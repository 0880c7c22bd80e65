"""Staff's decisions on hours: reviews of awards, and grants. Taking a grant back is a review of it, like an award's."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, StrictStr

from services.credits.app.awarding.grant_hours import grant_hours
from services.credits.app.awarding.items import GrantProposal
from services.credits.app.awarding.propose_grant import approve_grant, propose_grant, read_proposals
from services.credits.app.awarding.review_award import AwardReview, review_award
from services.credits.app.context import LedgerContext
from services.credits.domain import ids
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.grants import Grant
from services.credits.domain.profile import clean_text
from services.credits.domain.review import Standing
from services.credits.handlers.routes.fields import CLEAN_TEXT, Hours, LearnerId, ShownReason
from services.credits.handlers.routes.ledger import EntryAnswer, entry_answer
from services.kit.bodies import Answer, Day, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

GrantedHours = Annotated[
    StrictStr,
    Field(
        pattern=r"^((0?[1-9]|[1-9][0-9])(\.[0-9]{1,2})?|0?0\.(0[1-9]|[1-9][0-9]?))$",
        description="exact decimal, more than 0",
        examples=["1.5"],
    ),
]


class GrantRequest(Request):
    """Hours that were earned elsewhere."""

    credential: Credential
    hours: GrantedHours
    category: Category
    title: Annotated[StrictStr, Field(max_length=200, json_schema_extra=CLEAN_TEXT), AfterValidator(clean_text)] = (
        Field(description="what they were earned with, for the learner and the certifying body")
    )
    earned_on: Day = Field(description="Asia/Shanghai; decides the period")
    reason: ShownReason

    def grant_to(self, learner_id: ids.LearnerId) -> Grant:
        """What is to be entered."""
        said = (self.title, self.earned_on, self.reason)
        return Grant(learner_id, self.credential, Decimal(self.hours), self.category, *said)


ProposalId = Annotated[str, Field(strict=True, pattern=r"^[0-9a-f]{32}$", description="of a proposed grant")]


class ProposalAnswer(Answer):
    """Hours that one administrator would enter; they count once another one has approved them."""

    proposal_id: str
    credential: Credential
    hours: Hours
    category: Category
    title: str
    earned_on: date
    reason: str
    proposed_by: str
    proposed_at: datetime


class ProposalsAnswer(Answer):
    """What waits for another administrator, oldest first."""

    proposals: list[ProposalAnswer]


class ReviewRequest(Request):
    """What a reviewer decides."""

    standing: Standing = Field(description="what the award is to be: under_review, stands (again), or void for good")
    reason: ShownReason


class ReviewAnswer(Answer):
    """An award, and what it is worth now."""

    award: EntryAnswer
    standing: Standing


def add_grant_routes(api: HttpApi, ctx: LedgerContext) -> None:
    """The administrators' routes."""
    administrator = api.secured(Role.ADMINISTRATOR)

    @administrator.route(
        "POST /v1/credits/learners/<learner_id>/grants", "grant_hours", status_code=201, idempotent=True
    )
    def grant(learner_id: LearnerId, request: GrantRequest) -> EntryAnswer:
        """Enter hours that a learner earned elsewhere; they count at once."""
        return entry_answer(grant_hours(ctx, api.call(), request.grant_to(learner_id)))

    @administrator.route(
        "POST /v1/credits/learners/<learner_id>/grants/proposals", "propose_grant", status_code=201, idempotent=True
    )
    def propose(learner_id: LearnerId, request: GrantRequest) -> ProposalAnswer:
        """Propose more hours than one administrator may enter alone; another one approves."""
        return _proposal(propose_grant(ctx, api.call(), request.grant_to(learner_id)))

    @administrator.route("GET /v1/credits/learners/<learner_id>/grants/proposals", "list_grant_proposals")
    def proposals(learner_id: LearnerId) -> ProposalsAnswer:
        """What waits for another administrator."""
        return ProposalsAnswer(proposals=[_proposal(found) for found in read_proposals(ctx.store, learner_id)])

    @administrator.route(
        "POST /v1/credits/learners/<learner_id>/grants/proposals/<proposal_id>/approval", "approve_grant"
    )
    def approve(learner_id: LearnerId, proposal_id: ProposalId) -> EntryAnswer:
        """Enter the hours that another administrator has proposed; safe to repeat."""
        return entry_answer(approve_grant(ctx, api.call(), learner_id, proposal_id))


def _proposal(proposal: GrantProposal) -> ProposalAnswer:
    return ProposalAnswer.of(proposal.grant, proposal, proposed_by=proposal.by, proposed_at=proposal.at)


def add_review_routes(api: HttpApi, ctx: LedgerContext) -> None:
    """The reviewers' route."""

    @api.secured(Role.REVIEWER, Role.ADMINISTRATOR).route(
        "POST /v1/credits/learners/<learner_id>/awards/<number>/review", "review_award"
    )
    def review(
        learner_id: LearnerId, number: Annotated[int, Field(ge=1, le=9_999_999_999)], request: ReviewRequest
    ) -> ReviewAnswer:
        """Hold an award, let it stand again, or take it back; safe to repeat."""
        wanted = AwardReview(learner_id, number, request.standing, request.reason)
        award, standing = review_award(ctx, api.call(), wanted)
        return ReviewAnswer(award=entry_answer(award), standing=standing)
