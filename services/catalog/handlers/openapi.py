"""The public description of the catalogue's HTTP API: all its functions in one document."""

from typing import Any

from services.catalog.adapters.course_scan import CourseScan
from services.catalog.adapters.media_bucket import MemoryMediaBucket
from services.catalog.app.context import context, media_context
from services.catalog.handlers import editor, enquiries, http, reviews
from services.kit.clock import SystemClock
from services.kit.http import HttpApi, OriginSecret, described
from services.kit.ids import RandomIds
from services.kit.store import Store
from services.kit.store.memory import MemoryStore


def apis(store: Store, origin_secret: OriginSecret) -> list[HttpApi]:
    """Every function's routes; whatever they need besides the store is in memory."""
    ctx = context(store, SystemClock(), RandomIds())
    return [
        editor.build_api(media_context(ctx, MemoryMediaBucket()), origin_secret),
        http.build_api(ctx, CourseScan(store, ctx.clock), origin_secret),
        reviews.build_api(ctx, origin_secret),
        enquiries.build_api(ctx, origin_secret),
    ]


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return described(apis(MemoryStore(), lambda _: {}))
