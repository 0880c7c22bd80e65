"""What lectures are checked, written down and summarised with, as the stage says; apart because of its libraries."""

from collections.abc import Callable
from functools import cache
from os import environ
from typing import TYPE_CHECKING, NoReturn

from services.catalog import bootstrap, bootstrap_media
from services.catalog.adapters.caption_file import read_captions
from services.catalog.app.context import ProducingContext
from services.catalog.app.ports import EncodingService, Model, StillTranscribing, Transcriber
from services.catalog.bootstrap_production import files
from services.catalog.domain.draft import Draft, Lecture
from services.catalog.domain.production_transcript import TranscriptSource
from services.kit.direct.values import secret
from services.kit.secrets import json_secret

if TYPE_CHECKING:
    from openai import OpenAI


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
        _extract,
        _heard_by(),
        _transcriber(),
        _encoding(),
        _model(),
    )


def _extract(lecture: Lecture, progress: Callable[[int, int], None]) -> Draft:
    del progress
    # Each summariser brings libraries that take a while to load.
    from services.catalog.adapters.extractive import extract_summary

    return extract_summary(lecture)


def _model() -> Model | None:
    kind, model = environ["SUMMARISER"], environ["SUMMARISER_MODEL"]
    if kind == "extractive":
        return None
    if kind == "bedrock":
        from services.catalog.adapters.bedrock import BedrockModel

        return BedrockModel(model)
    from services.catalog.adapters.openai_endpoints import ChatModel

    return ChatModel(_endpoint(), model)


def _heard_by() -> TranscriptSource:
    named: dict[str, TranscriptSource] = {"amazon": "amazon", "openai": "openai"}
    return named.get(environ["TRANSCRIBER"], "none")


def _transcriber() -> Transcriber | None:
    kind = environ["TRANSCRIBER"]
    if kind == "amazon":
        from services.catalog.adapters.amazon_transcribe import AmazonTranscribe

        return AmazonTranscribe(environ["MEDIA_BUCKET_NAME"], sleep=_later)
    if kind == "openai":
        from services.catalog.adapters.openai_endpoints import SpeechEndpoint

        return SpeechEndpoint(_endpoint(), environ["TRANSCRIBER_MODEL"])
    return None


def _endpoint() -> "OpenAI":
    from services.catalog.adapters.openai_endpoints import endpoint

    key = json_secret(secret(environ["OPENAI_SECRET_ID"]))(False)["api_key"]
    return endpoint(environ["OPENAI_BASE_URL"] or None, key)


def _later(_seconds: float) -> NoReturn:
    """In place of waiting within a function: the machine waits, and asks for the step again."""
    raise StillTranscribing


def _encoding() -> EncodingService | None:
    if environ["ENCODER"] != "mediaconvert":
        return None
    from services.catalog.adapters.media_convert import MediaConvert

    return MediaConvert(environ["MEDIA_BUCKET_NAME"], environ["ENCODER_ROLE_ARN"])
