"""Exports for finance: asked for by a person or daily, written by a function of its own, fetched by links that end."""

from collections.abc import Callable
from datetime import date, timedelta

from services.kit.call import Call
from services.kit.days import ONE_DAY, Days, civil_day
from services.kit.events import Envelope
from services.kit.idempotency import answer_once
from services.kit.observability import count, logger
from services.kit.store import Change, Put, Stored, commit_retrying, required
from services.orders.app.context import Context, FinanceContext
from services.orders.app.finance.daily import Assignment, ask_for_days_over
from services.orders.app.finance.file_links import Link, link_to
from services.orders.app.finance.items import export_key, exports_of_month
from services.orders.app.finance.problems import DAYS_NOT_EXPORTABLE, EXPORT_NOT_FOUND
from services.orders.app.finance.revenue import Titles, titles
from services.orders.app.finance.write_export import OutOfTime
from services.orders.app.items import new_number
from services.orders.app.metrics import EXPORTS
from services.orders.domain.export import MAX_DAYS, SCHEDULE, Export, ExportState, Manifest
from services.orders.domain.ids import ExportId
from services.orders.events.published import ExportRequested

Writer = Callable[[ExportId, Days, Titles], Manifest]
"""Writes an export by its id. Raises OutOfTime."""


def exportable(ctx: Context, first: date, last: date) -> Days:
    """The days. Raises DAYS_NOT_EXPORTABLE."""
    if not timedelta() <= last - first < MAX_DAYS * ONE_DAY or last > civil_day(ctx.clock.now()):
        raise DAYS_NOT_EXPORTABLE.problem(days=MAX_DAYS)
    return Days(first, last)


def request_export(ctx: Context, call: Call, first: date, last: date, reason: str) -> Export:
    """Asks for an export; what writes it is told by an event.

    Raises:
        Problem: DAYS_NOT_EXPORTABLE, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Export]:
        days = exportable(ctx, first, last)
        export = _new(ctx, days, call.caller_id, reason, call.correlation_id)
        audit = ctx.audit.entry(call.caller, "request_export", export.export_id, reason)
        return Change([Put(export_key(export.export_id), export), audit], [_requested(ctx, export)]), export

    request = call.request("request_export", first_day=f"{first}", last_day=f"{last}", reason=reason)
    return answer_once(ctx.store, ctx.clock, request, Export, plan)


def request_daily_exports(ctx: Context, correlation_id: str) -> list[date]:
    """Asks for the export of each of the last days that is over, once; returns the days asked for now."""

    def ask(day: date) -> Assignment:
        export = _new(ctx, Days(day, day), SCHEDULE, "每日导出 daily export", correlation_id)
        return Assignment(export.export_id, Put(export_key(export.export_id), export), _requested(ctx, export))

    return ask_for_days_over(ctx, "EXPORT", ask)


def read_export(ctx: Context, export_id: ExportId) -> Export:
    """One export. Raises EXPORT_NOT_FOUND."""
    return required(ctx.store.get(export_key(export_id), Export), EXPORT_NOT_FOUND.problem()).value


def list_exports(ctx: Context, month: date) -> list[Export]:
    """The exports asked for in the civil month in China that begins on this day, newest first.

    They are kept by the month in UTC, which begins eight hours later.
    """
    partitions = [exports_of_month(f"{day:%Y%m}") for day in (month - ONE_DAY, month)]
    found = [stored.value for pk in partitions for stored in ctx.store.query(pk, "", Export)]
    return [one for one in reversed(found) if civil_day(one.requested_at).replace(day=1) == month]


def link_file(ctx: FinanceContext, call: Call, export_id: ExportId, name: str) -> Link:
    """A link to one file of an export; that it was handed out goes into the audit log.

    Raises:
        Problem: EXPORT_NOT_FOUND.
    """
    manifest = read_export(ctx, export_id).manifest
    return required(
        link_to(ctx, call, manifest.files() if manifest else (), export_id, name), EXPORT_NOT_FOUND.problem()
    )


def fulfil_export(ctx: Context, write: Writer, event: Envelope) -> None:
    """Writes an export that was asked for. One that died before it was noted is written again, to the same end.

    Raises:
        LookupError: no such export.
        DoesNotAddUp, Conflict: the queue delivers the event again.
    """
    export_id = ExportId(ExportRequested.model_validate(event.data).export_id)
    export = _stored(ctx, export_id).value
    if export.state is not ExportState.REQUESTED:
        return
    try:
        manifest = write(export_id, export.days, titles(ctx, export.last_day))
    except OutOfTime as error:
        logger().error("export too large", export_id=export_id, reason=str(error))
        _finish(ctx, export_id, lambda found: found.failed(ctx.clock.now()))
    else:
        _finish(ctx, export_id, lambda found: found.done(manifest, ctx.clock.now()))


def _new(ctx: Context, days: Days, actor_id: str, reason: str, correlation_id: str) -> Export:
    return Export(
        export_id=ExportId(new_number(ctx)),
        first_day=days.first,
        last_day=days.last,
        requested_by=actor_id,
        reason=reason,
        requested_at=ctx.clock.now(),
        correlation_id=correlation_id,
    )


def _requested(ctx: Context, export: Export) -> Envelope:
    data = ExportRequested.model_validate(export, from_attributes=True)
    return ctx.events.make(data, subject=export.export_id, correlation_id=export.correlation_id)


def _stored(ctx: Context, export_id: ExportId) -> Stored[Export]:
    return required(ctx.store.get(export_key(export_id), Export), LookupError(export_id))


def _finish(ctx: Context, export_id: ExportId, finish: Callable[[Export], Export]) -> None:
    def plan() -> tuple[Change, ExportState]:
        stored = _stored(ctx, export_id)
        if stored.value.state is not ExportState.REQUESTED:
            return Change(), stored.value.state
        finished = finish(stored.value)
        return Change([stored.put(finished)]), finished.state

    count(EXPORTS, state=commit_retrying(ctx.store, plan))
