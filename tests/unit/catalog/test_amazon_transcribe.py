"""Amazon Transcribe: a vocabulary of the terms, a job, and sentences of its words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from moto import mock_aws

from services.catalog.adapters.amazon_transcribe import AmazonTranscribe
from services.catalog.app.ports import RecordingRefused, SpeechFile, StillTranscribing, TranscriberUnavailable
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


def test_words_become_sentences_and_are_paid_for_once(account: None, sound: Path) -> None:
    told: list[str] = []
    heard = transcriber(told).transcribe(SpeechFile(sound, "zh", ("现金流", "asset allocation", "401k")))
    assert heard.sentences == (Sentence(0, 1_200, "先看现金流。"), Sentence(1_500, 2_000, "再看。"))
    assert heard.cues == (), "they are cut anew"
    [kept] = aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert kept["Key"].endswith(".json"), "the recording is gone"
    assert not vocabularies(), "an account may have few"
    [job] = jobs()
    again = transcriber(told).transcribe(SpeechFile(sound, "zh", ("现金流", "asset allocation", "401k")))
    assert (again, jobs()) == (heard, [job])


def jobs() -> list[dict[str, Any]]:
    """The account's jobs."""
    api = aws.client("transcribe")
    names = [job["TranscriptionJobName"] for job in api.list_transcription_jobs()["TranscriptionJobSummaries"]]
    return [api.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"] for name in names]


def vocabularies() -> list[dict[str, Any]]:
    """The account's vocabularies."""
    return list(aws.client("transcribe").list_vocabularies()["Vocabularies"])


def test_a_function_does_not_wait_and_goes_on_with_its_job(account: None, sound: Path) -> None:
    def later(seconds: float) -> NoReturn:
        raise StillTranscribing

    told: list[str] = []
    with pytest.raises(StillTranscribing):
        AmazonTranscribe(BUCKET, later, told.append).transcribe(SpeechFile(sound, "zh"))
    transcriber(told).sleep(0)
    [job] = jobs()
    heard = AmazonTranscribe(BUCKET, later, told.append).transcribe(SpeechFile(sound, "zh"))
    assert heard.sentences[0].text == "先看现金流。"
    assert "begun before" in " ".join(told)
    assert "VocabularyName" not in job.get("Settings", {})


def test_a_job_that_is_waited_for_stays_the_same_with_other_terms(account: None, sound: Path) -> None:
    def later(seconds: float) -> NoReturn:
        raise StillTranscribing

    waiting = AmazonTranscribe(BUCKET, later)
    while not jobs():
        with pytest.raises(StillTranscribing):
            waiting.transcribe(SpeechFile(sound, "zh", ("现金流",)))
    transcriber([]).sleep(0)
    assert waiting.transcribe(SpeechFile(sound, "zh", ("现金流", "久期"))).sentences[0].text == "先看现金流。"
    assert len(jobs()) == 1
    assert not vocabularies()


def test_a_job_whose_words_are_gone_is_begun_anew(account: None, sound: Path) -> None:
    with pytest.raises(TranscriberUnavailable, match="is gone, ask again"):
        AmazonTranscribe(BUCKET, lambda _: None).transcribe(SpeechFile(sound, "zh"))
    assert not jobs()


def test_what_is_longer_than_transcribe_takes_is_refused_before_it_is_sent(account: None, sound: Path) -> None:
    with pytest.raises(RecordingRefused, match="more than 4 hours"):
        transcriber([]).transcribe(SpeechFile(sound, "zh", duration_ms=4 * 3600 * 1000 + 1))
    assert not jobs()
    assert transcriber([]).transcribe(SpeechFile(sound, "zh", duration_ms=4 * 3600 * 1000)).sentences


def test_the_job_has_the_vocabulary_of_the_terms(account: None, sound: Path) -> None:
    seen: list[tuple[dict[str, Any], dict[str, Any]]] = []
    waiting = transcriber([]).sleep

    def sleep(seconds: float) -> None:
        waiting(seconds)
        seen.extend(zip(jobs(), vocabularies(), strict=False))

    AmazonTranscribe(BUCKET, sleep).transcribe(SpeechFile(sound, "zh", ("现金流",)))
    job, vocabulary = seen[-1]
    assert job["Settings"]["VocabularyName"] == vocabulary["VocabularyName"] == job["TranscriptionJobName"]
    assert vocabulary["LanguageCode"] == "zh-CN"


def test_other_languages_and_buckets_are_refused(account: None, sound: Path) -> None:
    with pytest.raises(TranscriberUnavailable, match="only zh and en"):
        transcriber([]).transcribe(SpeechFile(sound, "fr"))
    with pytest.raises(TranscriberUnavailable, match="NoSuchBucket"):
        AmazonTranscribe("none").transcribe(SpeechFile(sound, "en"))
