"""A copy of what a service holds of one person, on their request: the two routes that give it.

Everybody may have their own. An administrator gives out another's, with a reason, which is in the audit log before
anything is read.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, StrictStr

from services.kit.audit import AuditLog
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.personal_data import Section
from services.kit.store import Change, Store

LearnerId = Annotated[
    str,
    Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", description="the user pool's id of the learner"),
]
Reason = Annotated[StrictStr, Field(pattern=r"\S", max_length=500, description="why; kept in the audit log")]


class PersonalDataRequest(Request):
    """On what ground; without the person's name, since it stays."""

    reason: Reason


class SectionAnswer(Answer):
    """One kind of data."""

    name: str
    title: str
    title_en: str
    items: list[dict[str, Any]] = Field(description="as they are kept, without what is about others")


class PersonalDataAnswer(Answer):
    """All that this service holds of a person."""

    learner_id: str
    sections: list[SectionAnswer]


@dataclass(frozen=True)
class Copies:
    """What the routes need: where the service's log of staff's doings is, and how its sections are read."""

    store: Store
    audit: AuditLog
    collect: Callable[[str], Iterable[Section]]

    def answer(self, learner_id: str) -> PersonalDataAnswer:
        """The copy."""
        return PersonalDataAnswer.of(learner_id=learner_id, sections=list(self.collect(learner_id)))


def add_personal_data_routes(api: HttpApi, service: str, copies: Copies) -> None:
    """The person's own copy, and the one that an administrator gives out."""

    @api.secured(Role.LEARNER).route(f"GET /v1/{service}/personal-data", f"read_{service}_personal_data")
    def own() -> PersonalDataAnswer:
        """All that this service holds of the caller."""
        return copies.answer(api.call().caller_id)

    @api.secured(Role.ADMINISTRATOR).route(
        f"POST /v1/{service}/learners/<learner_id>/personal-data", f"export_{service}_personal_data"
    )
    def of_learner(learner_id: LearnerId, request: PersonalDataRequest) -> PersonalDataAnswer:
        """All that this service holds of a person, for them; each call is in the audit log."""
        entry = copies.audit.entry(api.call().caller, "export_personal_data", learner_id, request.reason)
        copies.store.commit(Change([entry]))
        return copies.answer(learner_id)
