"""Jobs of MediaConvert, against the description of the service that AWS publishes with its SDK."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import validate_parameters

from services.catalog.adapters.media_convert import MediaConvert
from services.catalog.domain.ladder import converted
from services.catalog.domain.recording import Probe

SERVICE = MediaConvert("media", "arn:aws:iam::123456789012:role/encoder")
FULL = Probe(3_600_000, 1920, 1080, 29.97, has_sound=True)
UPRIGHT = Probe(3_600_000, 480, 854, 60, has_sound=True)
SLOW = Probe(60_000, 640, 480, None, has_sound=True)


def job(probe: Probe) -> dict[str, Any]:
    """The request for a job."""
    return SERVICE.job("p-3", "productions/p/files/f.mp4", "productions/p/converted/f/", probe)


def outputs(probe: Probe) -> list[dict[str, Any]]:
    """What the job writes."""
    (group,) = job(probe)["Settings"]["OutputGroups"]
    return list(group["Outputs"])


def leaves(value: Any, shape: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Each plain value with its place and its description."""
    if shape.type_name == "structure":
        parts = [(name, part, shape.members[name]) for name, part in value.items()]
    elif shape.type_name == "map":
        parts = [(name, part, shape.value) for name, part in value.items()]
    elif shape.type_name == "list":
        parts = [(str(number), part, shape.member) for number, part in enumerate(value)]
    else:
        yield place, value, shape
        return
    for name, part, described in parts:
        yield from leaves(part, described, f"{place}.{name}")


def allowed(value: Any, shape: Any) -> bool:
    """Whether the description allows a value, which the SDK leaves to the service to refuse."""
    if getattr(shape, "enum", None):
        return value in shape.enum
    low, high = (shape.metadata.get(bound, value) for bound in ("min", "max"))
    return bool(shape.type_name == "string" or low <= value <= high)


@pytest.mark.parametrize("probe", [FULL, UPRIGHT, SLOW])
def test_the_service_knows_every_member_and_value(probe: Probe) -> None:
    shape: Any = get_session().get_service_model("mediaconvert").operation_model("CreateJob").input_shape
    validate_parameters(job(probe), shape)
    assert [place for place, value, described in leaves(job(probe), shape) if not allowed(value, described)] == []


def test_renditions_are_those_of_ffmpeg() -> None:
    shown = [(made["NameModifier"], made["VideoDescription"]) for made in outputs(UPRIGHT)]
    assert [(name, (p["Width"], p["Height"])) for name, p in shown] == [
        ("360p", (360, 640)),
        ("480p", (480, 854)),
    ]
    first = outputs(FULL)[0]["VideoDescription"]["CodecSettings"]["H264Settings"]
    assert (first["FramerateNumerator"], first["FramerateDenominator"]) == (2997, 100)
    assert (first["GopSize"], first["GopSizeUnits"]) == (2, "SECONDS")
    assert outputs(SLOW)[0]["VideoDescription"]["CodecSettings"]["H264Settings"]["FramerateNumerator"] == 30


def test_all_outputs_are_equally_loud() -> None:
    loudness = {made["AudioDescriptions"][0]["AudioNormalizationSettings"]["TargetLkfs"] for made in outputs(FULL)}
    assert loudness == {-16}


def test_files_are_found_by_their_renditions() -> None:
    (group,) = job(FULL)["Settings"]["OutputGroups"]
    place = group["OutputGroupSettings"]["FileGroupSettings"]["Destination"]
    assert place == "s3://media/productions/p/converted/f/rendition-"
    written = [f"{place}{made['NameModifier']}.mp4".rpartition("/")[2] for made in group["Outputs"]]
    assert converted([*written, "other.json"]) == {
        "360p": "rendition-360p.mp4",
        "540p": "rendition-540p.mp4",
        "720p": "rendition-720p.mp4",
    }


def test_the_same_run_is_the_same_job() -> None:
    assert job(FULL)["ClientRequestToken"] == job(FULL)["ClientRequestToken"]
    other = SERVICE.job("p-4", "productions/p/files/f.mp4", "productions/p/converted/f/", FULL)
    assert other["ClientRequestToken"] != job(FULL)["ClientRequestToken"]
