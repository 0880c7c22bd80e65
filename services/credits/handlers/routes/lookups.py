"""Finding learners, and who they are, for staff."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictStr

from services.credits.app.context import PeopleContext
from services.credits.app.lookups.find_learners import MOST_FOUND, find_learners
from services.credits.app.lookups.read_person import read_person
from services.credits.app.lookups.sight import MAY_FIND_BY, LookupKey
from services.credits.domain.credentials import Credential
from services.credits.handlers.routes.fields import LearnerId
from services.credits.handlers.routes.profiles import FieldName
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role


class LookupRequest(Request):
    """What is known of somebody."""

    by: LookupKey
    text: Annotated[
        StrictStr,
        Field(
            min_length=1,
            max_length=254,
            description="the whole of it; of the learner's id the first 8 characters are enough",
        ),
    ]


class FoundCertificateAnswer(Answer):
    """A certificate of somebody who was found."""

    credential: Credential
    number: str | None = Field(description="masked, or null, as the caller's role may see it")
    confirmed: bool


class FoundLearnerAnswer(Answer):
    """Somebody who was found."""

    learner_id: str
    name: str | None = Field(description="masked, or null, as the caller's role may see it")
    certificates: list[FoundCertificateAnswer]
    erased: bool


class FoundLearnersAnswer(Answer):
    """To whom it belongs."""

    learners: list[FoundLearnerAnswer]
    more: bool = Field(description=f"there are more than {MOST_FOUND}, which are not told")


class KnownSignInAnswer(Answer):
    """A sign-in of the last week."""

    begun_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    agent: str


class AccessAnswer(Answer):
    """How somebody signs in."""

    second_factor_since: datetime | None
    recovery_codes: int = Field(description="how many are left")
    sign_ins: list[KnownSignInAnswer]


class PersonAnswer(Answer):
    """Who somebody is, as the caller's role may see it: masked, or null."""

    learner_id: str
    name: str | None
    email: str | None = Field(description="with which the account is signed in to")
    phone: str | None
    account_since: datetime | None
    profile_missing: list[FieldName]
    erased_at: datetime | None
    access: AccessAnswer | None


def add_lookup_routes(api: HttpApi, ctx: PeopleContext) -> None:
    """Staff's routes."""

    @api.secured(*MAY_FIND_BY).route("POST /v1/credits/learner-lookups", "find_learners")
    def find(request: LookupRequest) -> FoundLearnersAnswer:
        """Find learners by what is known of them; each time is in the audit log, without what was looked for."""
        return FoundLearnersAnswer.of(find_learners(ctx, api.call(), request.by, request.text))

    @api.secured(Role.ADMINISTRATOR, Role.SUPPORT, Role.REVIEWER).route(
        "POST /v1/credits/learners/<learner_id>/person-views", "read_person"
    )
    def person(learner_id: LearnerId) -> PersonAnswer:
        """Who a learner is; each look is in the audit log."""
        return PersonAnswer.of(read_person(ctx, api.call(), learner_id))
