"""Keeps the search's files: each minute's run makes what is not as the table is."""

from dataclasses import dataclass, replace
from datetime import timedelta

from services.catalog.app.context import SearchContext
from services.catalog.app.courses.items import LISTINGS
from services.catalog.app.search.files import INDEX, TALLY, Tally, index_of, read_tally, tally_of, write_tally
from services.catalog.app.search.items import CHANGES, Changes
from services.catalog.domain.publication import Listing
from services.kit.store import read_or
from services.kit.store.pages import every

MADE_ANEW = timedelta(days=1)
"""How old an index gets: one that was lost, or is not as the table for whatever reason, is made again after that."""


@dataclass(frozen=True)
class Run:
    """What a run found and did. `index` is the number of the change that the index has."""

    index: int
    indexed: bool
    counted: bool


def keep_search_files(ctx: SearchContext, *, anew: bool = False) -> Run:
    """Makes the index where the catalogue has changed since, or always with `anew`, and counts.

    The index is put before the tally that tells of it. Whoever dies in between leaves a tally of before: the next run
    makes both. Readers look up what changed since in the table, so that a late index is slower, and never wrong.
    """
    known = ctx.files.get(TALLY)
    before = read_tally(known.content) if known else None
    # The number is read before the lines: what changes meanwhile, readers look up.
    number = read_or(ctx.store, CHANGES, Changes()).value.number
    due = anew or before is None or _is_due(ctx, before, number)
    if due:
        _put_index(ctx, number)
    made_at = ctx.clock.now() if due or before is None else before.indexed_at
    tally = tally_of(ctx.store, number, made_at)
    if tally != before:
        ctx.files.put(TALLY, write_tally(tally))
    counted = before is None or replace(tally, index=before.index, indexed_at=before.indexed_at) != before
    return Run(number, due, counted)


def _is_due(ctx: SearchContext, before: Tally, number: int) -> bool:
    return before.index != number or ctx.clock.now() - before.indexed_at >= MADE_ANEW


def _put_index(ctx: SearchContext, number: int) -> None:
    lines = (stored.value for stored in every(ctx.store, LISTINGS, "", Listing))
    ctx.files.put(INDEX, index_of(lines, number, ctx.speller.spelling(), ctx.speller))
