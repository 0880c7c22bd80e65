"""The queue of exports to be written. One at a time: each may take all the time that a function has."""

from functools import partial
from typing import TYPE_CHECKING, Any

from services.kit.consumer import EventHandler, consume
from services.orders import bootstrap_finance
from services.orders.adapters.table_files import CsvTable, XlsxTable
from services.orders.app.context import Context
from services.orders.app.finance.exports import Writer, fulfil_export
from services.orders.app.finance.write_export import ExportContext, write_export
from services.orders.events.published import ExportRequested

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

MARGIN_MS = 120_000
"""What is left for closing a workbook of a million rows and keeping it, once no more is read."""


def event_handlers(ctx: Context, write: Writer) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {ExportRequested.TYPE: partial(fulfil_export, ctx, write)}


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """One batch of the queue."""
    ctx = bootstrap_finance.finance()
    export = ExportContext(
        store=ctx.store,
        objects=ctx.objects,
        formats={"csv": CsvTable, "xlsx": XlsxTable},
        out_of_time=lambda: context.get_remaining_time_in_millis() < MARGIN_MS,
    )
    return consume(event, event_handlers(ctx, partial(write_export, export)))
