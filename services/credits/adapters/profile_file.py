"""The profile's policy that the service is deployed with."""

import tomllib
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from services.credits.domain.profile import ProfilePolicy

PROFILE_FILE = Path(__file__).parent.parent / "profile.toml"


class _ProfileFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    stale_after_days: int = Field(gt=0)


def load_profile_policy(path: Path = PROFILE_FILE) -> ProfilePolicy:
    """Reads the file. Raises pydantic.ValidationError where it is wrong."""
    data = _ProfileFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    return ProfilePolicy(timedelta(days=data.stale_after_days))
