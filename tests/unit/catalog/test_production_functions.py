"""The functions that the machine calls, and what a stage chooses for them."""

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest

from services.catalog import bootstrap, bootstrap_media, bootstrap_packaging, bootstrap_producing, bootstrap_production
from services.catalog.adapters.amazon_transcribe import AmazonTranscribe
from services.catalog.adapters.bedrock import BedrockModel
from services.catalog.adapters.media_convert import MediaConvert
from services.catalog.adapters.openai_endpoints import ChatModel, SpeechEndpoint
from services.catalog.adapters.step_functions import StepFunctions
from services.catalog.app.ports import StillTranscribing
from services.catalog.domain.draft import EXTRACTIVE
from services.catalog.handlers import media, produce
from services.kit import aws
from services.kit.wiring import tables
from tests.gateway import LambdaContext
from tests.unit.catalog.studio import CAPTIONS, RECORDING, Studio
from tests.unit.catalog.test_production_rules import LECTURE
from tests.unit.catalog.world import World

KEPT = (
    bootstrap.catalog, bootstrap_media.media, bootstrap_packaging.packaging, bootstrap_producing.producing,
    bootstrap_production.production, tables.store, aws._session,  # noqa: SLF001 (kept for a function's life)
)  # fmt: skip
STAGE = {
    "AWS_DEFAULT_REGION": "cn-north-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "TABLE_NAME": "catalog",
    "OUTBOX_TABLE_NAME": "catalog-outbox",
    "MEDIA_BUCKET_NAME": "media",
    "PRODUCTION_MACHINE_ARN": "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:productions",
    "ENCODER": "ffmpeg",
    "ENCODER_ROLE_ARN": "",
    "TRANSCRIBER": "none",
    "TRANSCRIBER_MODEL": "",
    "SUMMARISER": "extractive",
    "SUMMARISER_MODEL": "",
}


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The environment that a stage gives its functions."""
    for name, value in STAGE.items():
        monkeypatch.setenv(name, value)
    for made in KEPT:
        made.cache_clear()
    yield monkeypatch
    for made in KEPT:
        made.cache_clear()


@pytest.fixture
def studio(world: World, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A run has begun, and the functions work with what is in memory."""
    studio = Studio(world)
    studio.begin()
    studio.bring("recording", "talk.mp4", RECORDING)
    studio.bring("captions", "talk.vtt", CAPTIONS.encode())
    studio.start()
    monkeypatch.setattr(bootstrap_packaging, "packaging", studio.packaging)
    monkeypatch.setattr(bootstrap_producing, "producing", studio.producing)
    return studio


def asked(studio: Studio, handler: Any, step: str, **more: Any) -> Any:
    """What a function answers to the machine, as JSON carries it."""
    event = {"production_id": studio.production_id, "run": 1, "step": step, **more}
    return json.loads(json.dumps(handler.handler(event, LambdaContext())))


def test_the_machine_goes_through_both_functions(studio: Studio) -> None:
    onward = {"go_on": True, "wait": False, "job": None}
    assert asked(studio, media, "probe") == onward
    assert asked(studio, produce, "encode") == onward
    assert asked(studio, media, "encode") == onward
    assert asked(studio, produce, "check") == onward
    assert asked(studio, produce, "transcribe") == onward
    assert asked(studio, produce, "summarise") == {**onward, "go_on": False}
    assert studio.read()["state"] == "reviewing"


def test_what_failed_for_good_is_written_by_the_machines_last_call(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(studio, media, "probe")
    log = Mock()
    monkeypatch.setattr(produce, "logger", lambda: log)
    answer = asked(studio, produce, "fail", failed="encode", cause={"Error": "States.TaskFailed", "Cause": ""})
    log.error.assert_called_once_with("step failed for good", run=1, step="encode", error="States.TaskFailed")
    assert answer == {"go_on": False, "wait": False, "job": None}
    assert (studio.read()["state"], studio.read()["steps"][1]["problem"]["code"]) == ("failed", "STEP_FAILED")


def test_by_default_nobody_transcribes_and_sentences_are_chosen(stage: pytest.MonkeyPatch) -> None:
    ctx = bootstrap_producing.producing()
    assert (ctx.heard_by, ctx.transcriber, ctx.encoding, ctx.model) == ("none", None, None, None)
    assert ctx.summarise(LECTURE, lambda _done, _all: None).made_by == EXTRACTIVE
    assert bootstrap_packaging.packaging().tool
    assert isinstance(bootstrap_production.production().machine, StepFunctions)


def test_a_stage_of_aws_has_its_services(stage: pytest.MonkeyPatch) -> None:
    stage.setenv("ENCODER", "mediaconvert")
    stage.setenv("ENCODER_ROLE_ARN", "arn:aws-cn:iam::123456789012:role/encoder")
    stage.setenv("TRANSCRIBER", "amazon")
    stage.setenv("SUMMARISER", "bedrock")
    stage.setenv("SUMMARISER_MODEL", "amazon.nova-lite-v1:0")
    ctx = bootstrap_producing.producing()
    assert ctx.encoding == MediaConvert("media", "arn:aws-cn:iam::123456789012:role/encoder")
    assert isinstance(ctx.transcriber, AmazonTranscribe)
    assert (ctx.heard_by, ctx.model) == ("amazon", BedrockModel("amazon.nova-lite-v1:0"))
    with pytest.raises(StillTranscribing):
        ctx.transcriber.sleep(10)


def test_a_stage_may_name_an_endpoint(stage: pytest.MonkeyPatch) -> None:
    stage.setattr(bootstrap_producing, "secret", lambda _name: lambda: '{"api_key": "key-1"}')
    for name, value in {
        "TRANSCRIBER": "openai",
        "TRANSCRIBER_MODEL": "whisper-1",
        "SUMMARISER": "openai",
        "SUMMARISER_MODEL": "model-1",
        "OPENAI_SECRET_ID": "openai",
        "OPENAI_BASE_URL": "https://models.example/v1",
    }.items():
        stage.setenv(name, value)
    ctx = bootstrap_producing.producing()
    assert isinstance(ctx.transcriber, SpeechEndpoint)
    assert (ctx.heard_by, ctx.transcriber.model) == ("openai", "whisper-1")
    assert isinstance(ctx.model, ChatModel)
    assert (ctx.model.name, str(ctx.model.client.base_url), ctx.model.client.api_key) == (
        "model-1", "https://models.example/v1/", "key-1",
    )  # fmt: skip


def test_what_was_out_of_time_is_told_so(studio: Studio) -> None:
    asked(studio, produce, "fail", failed="encode", cause={"Error": "Sandbox.Timedout", "Cause": "{}"})
    told = studio.read()["steps"][1]["problem"]
    assert told["code"] == "STEP_OUT_OF_TIME"
    assert "剪成几节" in told["message"]
    assert "shorter lectures" in told["message_en"]
