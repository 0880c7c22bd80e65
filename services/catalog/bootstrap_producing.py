"""What lectures are checked, written down and summarised with, as the stage says; apart because of its libraries."""

from functools import cache, partial
from os import environ
from typing import NoReturn

from services.catalog import bootstrap, bootstrap_media
from services.catalog.adapters.caption_file import read_captions
from services.catalog.app.context import ProducingContext
from services.catalog.app.ports import EncodingService, StillTranscribing, Summariser, Transcriber
from services.catalog.bootstrap_production import files


@cache
def producing() -> ProducingContext:
    """What the steps work with."""
    ctx = bootstrap.catalog()
    return ProducingContext(
        ctx.store,
        ctx.clock,
        ctx.ids,
        ctx.events,
        ctx.audit,
        files(),
        bootstrap_media.media().bucket,
        read_captions,
        _summariser(),
        _heard_by(),
        _transcriber(),
        _encoding(),
    )
