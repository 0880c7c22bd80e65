"""The learner's own profile. Nobody else reads it here, and no answer of it is kept anywhere."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictInt, StrictStr

from services.credits.app.context import LedgerContext
from services.credits.app.profiles.id_numbers import clean_id_number, knows_area
from services.credits.app.profiles.update_profile import ProfileView, read_profile, update_profile
from services.credits.domain.names import MAX_REAL_NAME, REAL_NAME, clean_real_name
from services.credits.domain.profile import (
    EARLIEST_BIRTHDAY,
    EMAIL,
    Profile,
    clean_email,
    clean_text,
)
from services.credits.handlers.routes.fields import CLEAN_TEXT, learner_id
from services.kit.bodies import Answer, Day, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

FieldName = Literal["username", "nickname", "real_name", "birthday", "employer", "email"]
ProfileWarning = Literal["id_number_area"]


Username = Annotated[
    StrictStr, Field(min_length=1, max_length=32, json_schema_extra=CLEAN_TEXT), AfterValidator(clean_text)
]
Nickname = Annotated[
    StrictStr, Field(min_length=1, max_length=32, json_schema_extra=CLEAN_TEXT), AfterValidator(clean_text)
]
Employer = Annotated[
    StrictStr, Field(min_length=1, max_length=100, json_schema_extra=CLEAN_TEXT), AfterValidator(clean_text)
]
RealName = Annotated[
    StrictStr,
    Field(min_length=2, max_length=MAX_REAL_NAME, json_schema_extra={"pattern": f"^{REAL_NAME}$"}),
    AfterValidator(clean_real_name),
]
Email = Annotated[
    StrictStr,
    Field(min_length=3, max_length=254, json_schema_extra={"pattern": f"^{EMAIL}$"}),
    AfterValidator(clean_email),
]
IdNumber = Annotated[
    StrictStr,
    # A format and no pattern: none says that the last character follows from those before it.
    Field(json_schema_extra={"format": "resident-id"}),
    AfterValidator(clean_id_number),
]
Birthday = Annotated[Day, Field(ge=EARLIEST_BIRTHDAY)]


class ProfileRequest(Request):
    """What is to change: fields that are left out stay as they are, null empties one."""

    revision: StrictInt = Field(ge=0, description="of the profile that was looked at; 0 where there is none yet")
    username: Username | None = Field(default=None, description="用户名; to be known by, not to sign in with")
    nickname: Nickname | None = Field(default=None, description="昵称")
    real_name: RealName | None = Field(default=None, description="实名, as on the certificate")
    birthday: Birthday | None = Field(default=None, description="生日")
    employer: Employer | None = Field(default=None, description="工作单位")
    email: Email | None = Field(default=None, description="邮箱")
    id_number: IdNumber | None = Field(
        default=None, description="of the mainland: 17 digits, and a digit or X; may be left out for good"
    )


class LearnerProfile(Answer):
    """The caller's profile."""

    revision: int
    updated_at: datetime | None
    username: str | None
    nickname: str | None
    real_name: str | None
    birthday: date | None
    employer: str | None
    email: str | None
    id_number: str | None = Field(description="all but the first and last four digits are hidden")
    complete: bool
    missing: list[FieldName] = Field(description="fields that are still empty; hours are held while the real name is")
    warnings: list[ProfileWarning] = Field(
        description="what may be mistyped and was saved all the same: the identity number's area is not known"
    )
    stale: bool = Field(description="nobody has said for long that it is still right")
    stale_after_days: int


def add_profile_routes(api: HttpApi, ctx: LedgerContext) -> None:
    """The profile's routes."""
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/credits/profile", "read_profile")
    def profile() -> LearnerProfile:
        """The caller's profile."""
        return _answer(read_profile(ctx, learner_id(api)), ctx.profiles.stale_after)

    @learner.route("PATCH /v1/credits/profile", "update_profile")
    def update(request: ProfileRequest) -> LearnerProfile:
        """Change some fields, or say that an aged profile is still right; safe to repeat."""
        values = {name: getattr(request, name) for name in request.model_fields_set - {"revision"}}
        changed = update_profile(ctx, api.call(), request.revision, values)
        return _answer(changed, ctx.profiles.stale_after)


def _answer(view: ProfileView, stale_after: timedelta) -> LearnerProfile:
    profile = view.profile
    return LearnerProfile.of(
        profile,
        view,
        id_number=_masked(profile.id_number),
        complete=not profile.missing,
        warnings=_warnings(profile),
        stale_after_days=stale_after.days,
    )


def _warnings(profile: Profile) -> list[ProfileWarning]:
    return ["id_number_area"] if profile.id_number and not knows_area(profile.id_number) else []


def _masked(id_number: str | None) -> str | None:
    return None if id_number is None else f"{id_number[:4]}{'*' * 10}{id_number[-4:]}"
