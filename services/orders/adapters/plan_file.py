"""The membership plans that the service is deployed with."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from services.orders.domain.plan import Plan, Plans

PLAN_FILE = Path(__file__).parent.parent / "plans.toml"


class _PlanFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    plan: list[Plan] = Field(min_length=1)


def load_plans(path: Path = PLAN_FILE) -> Plans:
    """Reads the file. Raises pydantic.ValidationError or ValueError where it is wrong."""
    return Plans(_PlanFile.model_validate(tomllib.loads(path.read_text("utf-8"))).plan)
