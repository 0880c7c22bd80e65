"""All functions of the catalogue's HTTP API."""

from services.catalog.adapters.caption_file import read_captions
from services.catalog.adapters.course_index import CourseIndex
from services.catalog.app.context import context, media_context, production_context
from services.catalog.handlers import editor, enquiries, http, reviews, shelf
from services.kit.clock import SystemClock
from services.kit.http import HttpApi
from services.kit.ids import RandomIds
from services.kit.origin import OriginSecret
from services.kit.store import Store
from tests.fakes.media_bucket import MemoryMediaBucket
from tests.fakes.productions import MemoryMachine, MemoryProductionFiles
from tests.fakes.search_files import MemorySearchFiles


def apis(store: Store, origin_secret: OriginSecret) -> list[HttpApi]:
    """Every function's routes; whatever they need besides the store is in memory."""
    ctx = context(store, SystemClock(), RandomIds())
    bucket = MemoryMediaBucket()
    productions = production_context(
        media_context(ctx, bucket), MemoryProductionFiles(bucket), MemoryMachine(), read_captions
    )
    return [
        editor.build_api(productions, origin_secret),
        http.build_api(ctx, CourseIndex(store, ctx.clock, MemorySearchFiles()), origin_secret),
        reviews.build_api(ctx, origin_secret),
        enquiries.build_api(ctx, origin_secret),
        shelf.build_api(ctx, origin_secret),
    ]
