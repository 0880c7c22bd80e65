"""Amazon Transcribe: a vocabulary of the terms, a job, and sentences of its words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from services.catalog.adapters.amazon_transcribe import AmazonTranscribe
from services.catalog.app.ports import SpeechFile, TranscriberUnavailable
from services.catalog.domain.transcript import Sentence
from services.kit import aws

BUCKET = "recordings"


def word(text: str, start: str, end: str) -> dict[str, Any]:
    return {"type": "pronunciation", "start_time": start, "end_time": end, "alternatives": [{"content": text}]}


def sign(text: str) -> dict[str, Any]:
    return {"type": "punctuation", "alternatives": [{"content": text}]}


HEARD = [word("先看", "0.0", "0.5"), word("现金流", "0.5", "1.2"), sign("。"), word("再看", "1.5", "2.0"), sign("。")]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An account with a bucket."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws._session.cache_clear()  # noqa: SLF001 (kept for a function's life)
    with mock_aws():
        aws.client("s3").create_bucket(Bucket=BUCKET)
        yield
    aws._session.cache_clear()  # noqa: SLF001 (kept for a function's life)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    file = tmp_path / "talk.mp4"
    file.write_bytes(b"sound")
    return file


def transcriber(told: list[str]) -> AmazonTranscribe:
    """One that does not wait; while it would, the job's transcript is written, as Transcribe does."""

    def sleep(seconds: float) -> None:
        jobs = aws.client("transcribe").list_transcription_jobs()["TranscriptionJobSummaries"]
        for job in jobs:
            stored = json.dumps({"results": {"items": HEARD}}).encode()
            aws.client("s3").put_object(
                Bucket=BUCKET, Key=f"transcription/{job['TranscriptionJobName']}.json", Body=stored
            )

    return AmazonTranscribe(BUCKET, sleep, told.append)


def test_words_become_sentences_and_nothing_is_left_in_the_bucket(account: None, sound: Path) -> None:
    told: list[str] = []
    heard = transcriber(told).transcribe(SpeechFile(sound, "zh", ("现金流", "asset allocation", "401k")))
    assert heard.sentences == (Sentence(0, 1_200, "先看现金流。"), Sentence(1_500, 2_000, "再看。"))
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=BUCKET)
    vocabularies = aws.client("transcribe").list_vocabularies()["Vocabularies"]
    assert [v["LanguageCode"] for v in vocabularies] == ["zh-CN"]
    job = aws.client("transcribe").list_transcription_jobs()["TranscriptionJobSummaries"][0]["TranscriptionJobName"]
    details = aws.client("transcribe").get_transcription_job(TranscriptionJobName=job)["TranscriptionJob"]
    assert details["Settings"]["VocabularyName"] == vocabularies[0]["VocabularyName"]


def test_a_run_that_died_goes_on_with_its_job(account: None, sound: Path) -> None:
    told: list[str] = []
    first = transcriber(told).transcribe(SpeechFile(sound, "zh", ("现金流",)))
    begun = aws.client("transcribe").list_transcription_jobs()["TranscriptionJobSummaries"][0]["TranscriptionJobName"]
    stored = json.dumps({"results": {"items": HEARD}}).encode()
    aws.client("s3").put_object(Bucket=BUCKET, Key=f"transcription/{begun}.json", Body=stored)
    assert transcriber(told).transcribe(SpeechFile(sound, "zh", ("现金流",))) == first
    assert any("begun before" in line for line in told)


def test_other_languages_and_buckets_are_refused(account: None, sound: Path) -> None:
    with pytest.raises(TranscriberUnavailable, match="only zh and en"):
        transcriber([]).transcribe(SpeechFile(sound, "fr"))
    with pytest.raises(TranscriberUnavailable, match="NoSuchBucket"):
        AmazonTranscribe("none").transcribe(SpeechFile(sound, "en"))
