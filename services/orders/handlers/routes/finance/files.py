"""What finance's routes have in common."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StrictStr

from services.orders.app.finance.file_links import Link
from services.orders.domain.export import KeptFile

FileName = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,99}$", description="a file's name")]


class KeptFileAnswer(BaseModel):
    """One file."""

    name: str
    bytes: int
    sha256: str = Field(description="hexadecimal")


class LinkAnswer(BaseModel):
    """Where a file is. Whoever has the address can read it until it ends."""

    url: str
    until: datetime
    name: str
    bytes: int
    sha256: str


def kept_file(file: KeptFile) -> KeptFileAnswer:
    """The answer for one file."""
    return KeptFileAnswer(name=file.name, bytes=file.bytes, sha256=file.sha256)


def link_answer(link: Link) -> LinkAnswer:
    """The answer for one link."""
    return LinkAnswer(
        url=link.url, until=link.until, name=link.file.name, bytes=link.file.bytes, sha256=link.file.sha256
    )
