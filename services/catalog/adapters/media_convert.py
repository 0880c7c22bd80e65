"""AWS Elemental MediaConvert: the request for a job that encodes a recording, as plain data.

The machine that runs a production's steps makes the job of it and waits. The job leaves a progressive MP4 of each
rendition with a picture, which ffmpeg then wraps without encoding: as HLS in fragmented MP4 the service keeps picture
and sound apart, and our player takes them together.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.catalog.domain.ladder import (
    CONVERTED,
    KEY_SECONDS,
    LOUDNESS,
    PEAK,
    SOUND_BITS,
    Rung,
    frame_rate,
    rungs,
)
from services.catalog.domain.recording import Probe

QUALITY = 7
"""Of QVBR, 1 to 10: what AWS advises for pictures of 720 lines and fewer."""
_SOUND = "Audio Selector 1"


@dataclass(frozen=True)
class MediaConvert:
    """Jobs over one bucket, by a role that may read recordings and write what is made of them."""

    bucket: str
    role_arn: str

    def job(self, name: str, source: str, folder: str, probe: Probe) -> dict[str, Any]:
        """The request for a job; two of one name are the same job. Keys in the media's bucket."""
        place = f"s3://{self.bucket}/{folder}{CONVERTED}"
        return {
            "Role": self.role_arn,
            "ClientRequestToken": hashlib.sha256(name.encode()).hexdigest()[:32],
            "AccelerationSettings": {"Mode": "DISABLED"},
            "Settings": {
                "TimecodeConfig": {"Source": "ZEROBASED"},
                "Inputs": [_input(f"s3://{self.bucket}/{source}")],
                "OutputGroups": [_group(place, probe)],
            },
        }


def _input(address: str) -> Mapping[str, Any]:
    return {
        "FileInput": address,
        "TimecodeSource": "ZEROBASED",
        "AudioSelectors": {_SOUND: {"DefaultSelection": "DEFAULT"}},
        # What was recorded upright is turned.
        "VideoSelector": {"Rotate": "AUTO"},
    }


def _group(place: str, probe: Probe) -> Mapping[str, Any]:
    rate = Fraction(frame_rate(probe.frames_per_second)).limit_denominator(1001)
    return {
        "Name": "Renditions",
        "OutputGroupSettings": {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": {"Destination": place}},
        "Outputs": [_rendition(rung, rate) for rung in rungs(probe.width or 0, probe.height or 0)],
    }


def _rendition(rung: Rung, rate: Fraction) -> Mapping[str, Any]:
    return {
        "NameModifier": rung.name,
        # Sound that ends early is silent up to the picture's end.
        "ContainerSettings": {"Container": "MP4", "Mp4Settings": {"AudioDuration": "MATCH_VIDEO_DURATION"}},
        "VideoDescription": _picture(rung, rate),
        "AudioDescriptions": [_sound()],
    }


def _picture(rung: Rung, rate: Fraction) -> Mapping[str, Any]:
    return {
        "Width": rung.width,
        "Height": rung.height,
        "CodecSettings": {
            "Codec": "H_264",
            "H264Settings": {
                "CodecProfile": "MAIN",
                "RateControlMode": "QVBR",
                "QvbrSettings": {"QvbrQualityLevel": QUALITY},
                "MaxBitrate": rung.bits_per_second,
                "QualityTuningLevel": "SINGLE_PASS",
                "InterlaceMode": "PROGRESSIVE",
                "FramerateControl": "SPECIFIED",
                "FramerateNumerator": rate.numerator,
                "FramerateDenominator": rate.denominator,
                "FramerateConversionAlgorithm": "DUPLICATE_DROP",
                "ParControl": "SPECIFIED",
                "ParNumerator": 1,
                "ParDenominator": 1,
                "GopSizeUnits": "SECONDS",
                "GopSize": KEY_SECONDS,
                "GopClosedCadence": 1,
                "SceneChangeDetect": "DISABLED",
                # As with ffmpeg: their delay makes the picture end later than the playlist says.
                "NumberBFramesBetweenReferenceFrames": 0,
            },
        },
    }


def _sound() -> Mapping[str, Any]:
    return {
        "AudioSourceName": _SOUND,
        "AudioNormalizationSettings": {
            "Algorithm": "ITU_BS_1770_3",
            "AlgorithmControl": "CORRECT_AUDIO",
            "PeakCalculation": "TRUE_PEAK",
            "TargetLkfs": LOUDNESS,
            "TruePeakLimiterThreshold": PEAK,
        },
        "CodecSettings": {
            "Codec": "AAC",
            "AacSettings": {"Bitrate": SOUND_BITS, "CodingMode": "CODING_MODE_2_0", "SampleRate": 48_000},
        },
    }
