"""Models of Amazon Bedrock, by Converse, with one tool whose schema is the answer's."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.catalog.app.ports import ModelRefuses, ModelUnavailable
from services.kit.aws import client

TOOL = "hand_in"
MAX_ANSWER_TOKENS = 5_000
"""What Nova Lite writes at most: a request for more is refused."""
IN_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.FAILED_DEPENDENCY, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals of Bedrock after which asking again may help: it took too long, the model failed, too much was asked."""
_CONFIG = Config(read_timeout=180, retries={"mode": "standard", "total_max_attempts": 3})


@dataclass(frozen=True)
class BedrockModel:
    """A model by its id or inference profile."""

    name: str

    def answer(self, task: str, material: str, schema: dict[str, Any]) -> str:
        """The tool's input as JSON, or what it wrote where it did not call it. Raises ModelUnavailable."""
        tool = {"name": TOOL, "description": "Hands in the answer.", "inputSchema": {"json": schema}}
        try:
            answer = client("bedrock-runtime", _CONFIG).converse(
                modelId=self.name,
                system=[{"text": task}],
                messages=[{"role": "user", "content": [{"text": material}]}],
                inferenceConfig={"maxTokens": MAX_ANSWER_TOKENS},
                toolConfig={"tools": [{"toolSpec": tool}], "toolChoice": {"tool": {"name": TOOL}}},
            )
        except ClientError as error:
            raise _unavailable(self.name, error) from None
        except BotoCoreError as error:
            raise ModelUnavailable(f"{self.name}: {error}") from None
        content = answer["output"].get("message", {}).get("content", [])
        inputs = [block["toolUse"]["input"] for block in content if block.get("toolUse", {}).get("name") == TOOL]
        if inputs and answer.get("stopReason") != "max_tokens":
            return json.dumps(inputs[0], ensure_ascii=False)
        return "".join(block.get("text", "") for block in content)


def _unavailable(name: str, error: ClientError) -> ModelUnavailable:
    """By its code alone: what AWS says of a request may repeat some of it."""
    status, code = error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
    told = f"{name}: {code} (HTTP {status})"
    refuses = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in IN_PASSING
    return ModelRefuses(told) if refuses else ModelUnavailable(told)
