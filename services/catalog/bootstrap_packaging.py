"""What recordings are packaged with, apart because of the tool, which is large."""

from functools import cache

from services.catalog import bootstrap
from services.catalog.adapters.ffmpeg import Ffmpeg
from services.catalog.app.context import PackagingContext
from services.catalog.bootstrap_production import files


@cache
def packaging() -> PackagingContext:
    """What the steps work with that look into recordings."""
    ctx = bootstrap.catalog()
    return PackagingContext(ctx.store, ctx.clock, ctx.ids, ctx.events, ctx.audit, files(), Ffmpeg())
