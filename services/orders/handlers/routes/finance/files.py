"""What finance's routes have in common."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictStr

from services.kit.bodies import Answer
from services.orders.app.finance.file_links import Link

FileName = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$", description="a file's name")]


class KeptFileAnswer(Answer):
    """One file."""

    name: str
    bytes: int
    sha256: str = Field(description="hexadecimal")


class LinkAnswer(Answer):
    """Where a file is. Whoever has the address can read it until it ends."""

    url: str
    until: datetime
    name: str
    bytes: int
    sha256: str


def link_answer(link: Link) -> LinkAnswer:
    """The answer for one link."""
    return LinkAnswer.of(link, link.file)
