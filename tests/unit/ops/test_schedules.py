"""The operators' command for what runs on a schedule, on moto."""

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.stages import stage
from ops.aws import Clients, OpsError
from ops.schedules import Scheduled, run, schedules

SEAL = Scheduled("xueshi-playback-seal", "cron(30 * * * ? *)", "arn:aws:lambda:us-east-1:1:function:seal")


class Lambda:
    """Stands for Lambda: one function that works, and others that do not."""

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 (boto3's names)
        assert Payload == b"{}"
        if FunctionName == SEAL.function:
            return {"Payload": io.BytesIO(b'{"heads": []}')}
        return {"Payload": io.BytesIO(b"no such day"), "FunctionError": "Unhandled"}


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        made: dict[str, Any] = {"scheduler": boto3.client("scheduler", region_name="us-east-1"), "lambda": Lambda()}
        for name in (SEAL.name, "somebody-elses", "xueshi-dev-playback-seal"):
            made["scheduler"].create_schedule(
                Name=name,
                ScheduleExpression=SEAL.expression,
                FlexibleTimeWindow={"Mode": "OFF"},
                Target={"Arn": SEAL.function, "RoleArn": "arn:aws:iam::1:role/scheduler"},
            )
        yield made.__getitem__


def test_our_schedules_are_listed_with_what_they_call(clients: Clients) -> None:
    assert list(schedules(clients, stage("prod"))) == [SEAL]
    (other,) = schedules(clients, stage("dev"))
    assert other.name == "xueshi-dev-playback-seal"


def test_a_run_answers_what_the_function_said(clients: Clients) -> None:
    assert run(clients, SEAL) == '{"heads": []}'


def test_a_run_that_failed_says_why(clients: Clients) -> None:
    with pytest.raises(OpsError, match="xueshi-playback-other failed: no such day"):
        run(clients, Scheduled("xueshi-playback-other", "rate(1 day)", "arn:other"))
