"""Links to files for finance: they end, and who was given one is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.kit.call import Call
from services.kit.store import Change
from services.orders.app.context import FinanceContext
from services.orders.domain.export import KeptFile

LINK_SECONDS = 300
"""How long a link opens a file: whoever has it may read it."""


@dataclass(frozen=True)
class Link:
    """Where a file is, until when, and what it must be."""

    url: str
    until: datetime
    file: KeptFile


def link_to(ctx: FinanceContext, call: Call, files: Sequence[KeptFile], subject: str, name: str) -> Link | None:
    """A link to the file of a name, which goes into the audit log under `subject`; None where there is no such file."""
    file = next((file for file in files if file.name == name), None)
    if file is None:
        return None
    ctx.store.commit(Change([ctx.audit.entry(call.caller, "link_finance_file", f"{subject}/{name}", "download")]))
    until = ctx.clock.now() + timedelta(seconds=LINK_SECONDS)
    return Link(ctx.objects.link(file.key, LINK_SECONDS), until, file)
