"""Endpoints that speak OpenAI's API, whoever runs them: one that chats, and one that transcribes.

The library repeats what failed in passing (429, 5xx, a lost connection) twice, as `Retry-After` says.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import openai
from openai import APIStatusError, OpenAI
from openai.types.chat import ChatCompletion

from services.catalog.app.ports import (
    ModelRefuses,
    ModelUnavailable,
    SpeechFile,
    TranscriberRefuses,
    TranscriberUnavailable,
)
from services.catalog.domain.transcript import Sentence, Transcript, transcript_of

TOOL = "hand_in"
MAX_ANSWER_TOKENS = 8_000
TIMEOUT_SECONDS = 180.0
IN_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals after which asking again may help."""
_NO_ANSWER = "what it answers is nothing that this API has"
MAX_VOCABULARY = 600
"""Characters of a vocabulary: Whisper reads the last 224 tokens of a prompt."""


def endpoint(base_url: str | None = None, api_key: str | None = None, timeout: float = TIMEOUT_SECONDS) -> OpenAI:
    """The client of an endpoint; without more, of what OPENAI_BASE_URL and OPENAI_API_KEY name.

    Raises:
        ModelUnavailable: no key is given.
    """
    try:
        return OpenAI(base_url=base_url, api_key=api_key, timeout=timeout, max_retries=2)
    except openai.OpenAIError as error:
        raise ModelUnavailable(str(error)) from None


@dataclass(frozen=True)
class ChatModel:
    """A model behind a chat endpoint, which answers by calling the one tool that it has."""

    client: OpenAI
    name: str

    def answer(self, task: str, material: str, schema: dict[str, Any]) -> str:
        """The arguments of the call, or what it wrote where it made none. Raises ModelUnavailable."""
        described: Any = {"name": TOOL, "description": "Hands in the answer.", "parameters": schema}
        forced: Any = {"type": "function", "function": {"name": TOOL}}
        try:
            completion = self.client.chat.completions.create(
                model=self.name,
                messages=[{"role": "system", "content": task}, {"role": "user", "content": material}],
                tools=[{"type": "function", "function": described}],
                tool_choice=forced,
                max_completion_tokens=MAX_ANSWER_TOKENS,
            )
        except openai.OpenAIError as error:
            kind = ModelRefuses if _refuses(error) else ModelUnavailable
            raise kind(f"{self.name}: {_told(error)}") from None
        except ValueError:
            raise ModelUnavailable(f"{self.name}: {_NO_ANSWER}") from None
        if not isinstance(completion, ChatCompletion):
            raise ModelUnavailable(f"{self.name}: {_NO_ANSWER}")
        message = completion.choices[0].message if completion.choices else None
        call = message.tool_calls[0] if message and message.tool_calls else None
        if call and call.type == "function" and call.function.name == TOOL:
            return call.function.arguments
        return _without_fence(message.content or "" if message else "")


@dataclass(frozen=True)
class SpeechEndpoint:
    """A recognizer behind `/audio/transcriptions`."""

    client: OpenAI
    model: str

    def transcribe(self, recording: SpeechFile) -> Transcript:
        """The segments that it heard, of which there may be none. Raises TranscriberUnavailable."""
        try:
            with recording.path.open("rb") as sound:
                heard = self.client.audio.transcriptions.create(
                    model=self.model,
                    file=sound,
                    language=recording.language.split("-")[0],
                    prompt="、".join(recording.terms)[:MAX_VOCABULARY],
                    response_format="verbose_json",
                    timestamp_granularities=["segment"],
                )
        except openai.OpenAIError as error:
            kind = TranscriberRefuses if _refuses(error) else TranscriberUnavailable
            raise kind(f"{self.model}: {_told(error)}") from None
        except OSError as error:
            raise TranscriberUnavailable(f"{self.model}: {error}") from None
        except ValueError:
            raise TranscriberUnavailable(f"{self.model}: {_NO_ANSWER}") from None
        segments = getattr(heard, "segments", None)
        if segments is None:
            raise TranscriberRefuses(f"{self.model}: no segments with times in the answer (verbose_json)")
        sentences = [Sentence(round(s.start * 1000), round(s.end * 1000), s.text) for s in segments]
        return transcript_of(recording.language, sentences)


def _refuses(error: openai.OpenAIError) -> bool:
    return isinstance(error, APIStatusError) and error.status_code < 500 and error.status_code not in IN_PASSING


def _told(error: openai.OpenAIError) -> str:
    """Nothing of what the endpoint says: it may repeat the key, or what it was asked."""
    return f"HTTP {error.status_code}" if isinstance(error, APIStatusError) else str(error)


def _without_fence(text: str) -> str:
    """What stands in a Markdown fence, where a model puts its JSON into one."""
    stripped = text.strip()
    if not stripped.startswith("```"):
        return stripped
    inner = stripped.split("\n", 1)[-1].rsplit("```", 1)[0]
    try:
        json.loads(inner)
    except (ValueError, RecursionError):
        return stripped
    return inner
