"""A copy of what catalog holds of a person."""

from functools import partial

from services.catalog.app.context import Context
from services.catalog.app.personal_data.collect_personal_data import collect_personal_data
from services.kit import personal_data_routes
from services.kit.http import HttpApi


def add_personal_data_routes(api: HttpApi, ctx: Context) -> None:
    """The person's own copy, and the one that an administrator gives out."""
    copies = personal_data_routes.Copies(ctx.store, ctx.audit, partial(collect_personal_data, ctx))
    personal_data_routes.add_personal_data_routes(api, "catalog", copies)
