"""A function's environment as a small validated model."""

import os
from typing import Self

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Base of each function's settings: field `table_name` is read from TABLE_NAME."""

    model_config = ConfigDict(alias_generator=str.upper, extra="ignore", frozen=True)

    @classmethod
    def load(cls) -> Self:
        """Reads the environment. Raises pydantic.ValidationError naming what is missing."""
        return cls.model_validate(os.environ)
