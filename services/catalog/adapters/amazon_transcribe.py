"""Amazon Transcribe: a job for each recording, with a vocabulary of the catalogue's terms.

A job is named by its recording alone, so that a run that died goes on with the job that it began, and one that waits
keeps to it though the catalogue has other terms meanwhile. Its vocabulary is named like the job and goes with it: an
account may have few of them.
The recording is in S3 while the job needs it; its transcript is put beside it, and stays until the bucket's lifecycle
removes it: whoever asks again, as what it wrote got lost before it was kept, does not pay again.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from services.catalog.app.ports import RecordingRefused, SpeechFile, TranscriberUnavailable
from services.catalog.domain.transcript import Cue, Transcript, transcript_of_cues
from services.kit.aws import client

LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
POLL_SECONDS = 10.0
_PREFIX = "transcription/"
_HOURS = 6
"""How long a job is waited for."""
LONGEST_MS = 4 * 3600 * 1000
"""Of a recording that Transcribe takes."""
_PHRASE = re.compile(r"[\u4e00-\u9fff]{2,}|[A-Za-z][A-Za-z' -]*[A-Za-z]")
"""What a vocabulary takes: no digits, no other signs."""

TOO_LONG = RecordingRefused(
    "TRANSCRIBER_LIMIT",
    "录像超过 4 小时，系统不能自动转写。请自行上传字幕，或剪成几节课后分别上传。",
    "Recordings of more than 4 hours cannot be transcribed. Bring captions, or cut it into several lectures.",
)


@dataclass(frozen=True)
class AmazonTranscribe:
    """Jobs over a bucket that Transcribe may read and write with the caller's permissions."""

    bucket: str
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] = lambda _: None

    def transcribe(self, recording: SpeechFile) -> Transcript:
        """Uploads, waits, and reads. Raises RecordingRefused where it is too long, and TranscriberUnavailable."""
        if recording.duration_ms and recording.duration_ms > LONGEST_MS:
            raise TOO_LONG
        language = LANGUAGES.get(recording.language.split("-")[0])
        if not language:
            raise TranscriberUnavailable(f"{recording.language}: only zh and en are set up")
        try:
            return self._transcript(recording, self._finished(recording, language))
        except (BotoCoreError, ClientError, OSError) as error:
            raise TranscriberUnavailable(f"Amazon Transcribe: {error}") from None

    def _vocabulary(self, name: str, language: str, terms: Iterable[str]) -> str | None:
        """The job's vocabulary, made of these terms if there is none; None where Transcribe takes none of them."""
        phrases = sorted({term.replace(" ", "-") for term in terms if _PHRASE.fullmatch(term)})
        if not phrases:
            return None
        api = client("transcribe")
        try:
            api.create_vocabulary(VocabularyName=name, LanguageCode=language, Phrases=phrases)
        except api.exceptions.ConflictException:
            self.tell(f"vocabulary {name} is there already")
        except api.exceptions.LimitExceededException:
            self.tell("there are as many vocabularies as the account may have: none is used")
            return None
        state = self._wait(
            lambda: api.get_vocabulary(VocabularyName=name), lambda answer: str(answer["VocabularyState"]), "READY"
        )
        if state["VocabularyState"] == "READY":
            return name
        self.tell(f"vocabulary {name} was refused, and is not used: {state.get('FailureReason')}")
        return None

    def _finished(self, recording: SpeechFile, language: str) -> str:
        """The name of a finished job."""
        api, name = client("transcribe"), f"xueshi-{_digest_of(recording)}-{language}"
        sound = f"{_PREFIX}{name}{recording.path.suffix}"
        try:
            api.get_transcription_job(TranscriptionJobName=name)
            self.tell(f"job {name} was begun before")
        except (api.exceptions.BadRequestException, api.exceptions.NotFoundException):
            self._begin(recording, name, sound, language)
        answer = self._wait(lambda: api.get_transcription_job(TranscriptionJobName=name), _job_state, "COMPLETED")
        client("s3").delete_object(Bucket=self.bucket, Key=sound)
        with suppress(api.exceptions.NotFoundException, api.exceptions.BadRequestException):
            api.delete_vocabulary(VocabularyName=name)
        if _job_state(answer) != "COMPLETED":
            # Whoever asks again has it tried anew.
            api.delete_transcription_job(TranscriptionJobName=name)
            raise TranscriberUnavailable(f"Amazon Transcribe: {answer['TranscriptionJob'].get('FailureReason')}")
        return name

    def _begin(self, recording: SpeechFile, name: str, sound: str, language: str) -> None:
        vocabulary = self._vocabulary(name, language, recording.terms)
        with recording.path.open("rb") as content:
            client("s3").put_object(Bucket=self.bucket, Key=sound, Body=content)
        api = client("transcribe")
        try:
            api.start_transcription_job(
                TranscriptionJobName=name,
                LanguageCode=language,
                Media={"MediaFileUri": f"s3://{self.bucket}/{sound}"},
                OutputBucketName=self.bucket,
                OutputKey=_output(name),
                Settings={"VocabularyName": vocabulary} if vocabulary else {},
            )
        except api.exceptions.ConflictException:
            self.tell(f"job {name} was begun at the same time")

    def _wait(self, ask: Callable[[], Any], state: Callable[[Any], str], done: str) -> Any:
        for _ in range(int(_HOURS * 3600 / POLL_SECONDS)):
            answer = ask()
            if state(answer) in {done, "FAILED"}:
                return answer
            self.tell(f"Amazon Transcribe: {state(answer)}")
            self.sleep(POLL_SECONDS)
        raise TranscriberUnavailable(f"Amazon Transcribe: nothing after {_HOURS} hours")

    def _transcript(self, recording: SpeechFile, job: str) -> Transcript:
        bucket = client("s3")
        try:
            stored = bucket.get_object(Bucket=self.bucket, Key=_output(job))["Body"].read()
        except bucket.exceptions.NoSuchKey:
            # A job is kept longer than what it wrote.
            client("transcribe").delete_transcription_job(TranscriptionJobName=job)
            raise TranscriberUnavailable(f"Amazon Transcribe: what {job} wrote is gone, ask again") from None
        heard = transcript_of_cues(recording.language, _cues(json.loads(stored)["results"]["items"]))
        # Nobody has set them for the screen.
        return replace(heard, cues=())


def _output(job: str) -> str:
    return f"{_PREFIX}{job}.json"


def _job_state(answer: Any) -> str:
    return str(answer["TranscriptionJob"]["TranscriptionJobStatus"])


def _cues(items: Iterable[dict[str, Any]]) -> Iterable[Cue]:
    """Each word with its times; a sign belongs to the word before it."""
    cues: list[Cue] = []
    for item in items:
        text = item["alternatives"][0]["content"]
        if item["type"] == "punctuation":
            if cues:
                last = cues.pop()
                cues.append(Cue(last.start_ms, last.end_ms, last.text + text))
        else:
            cues.append(Cue(_ms(item["start_time"]), _ms(item["end_time"]), text))
    return cues


def _ms(seconds: str) -> int:
    return round(float(seconds) * 1000)


def _digest_of(recording: SpeechFile) -> str:
    with recording.path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:16]
