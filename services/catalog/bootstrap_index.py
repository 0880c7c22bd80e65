"""What makes the search's files, apart because of the libraries that know Chinese characters."""

from functools import cache

from services.catalog.adapters.speller import LibrarySpeller
from services.catalog.app.context import SearchContext
from services.catalog.bootstrap_search import files
from services.kit.clock import SystemClock
from services.kit.wiring.tables import store


@cache
def indexing() -> SearchContext:
    """What the files are made with."""
    return SearchContext(store(), SystemClock(), files(), LibrarySpeller())
