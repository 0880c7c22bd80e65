"""What the emulator writes down for CloudWatch's sake."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from local.counting import Counts
from services.kit.metrics import BY_FUNCTION, Metric
from services.kit.observability import count

FUNCTION = "xueshi-orders-http"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
CONFIG = {"FunctionName": FUNCTION, "FunctionArn": f"{ARN}{FUNCTION}", "Version": "$LATEST"}


@pytest.fixture
def counts(tmp_path: Path) -> Counts:
    return Counts(tmp_path / "counted.jsonl")


def written(counts: Counts, tmp_path: Path) -> dict[tuple[str, str, str], list[list[float]]]:
    """Values with how often, by namespace, name and the dimensions' values."""
    counts.write()
    lines = [json.loads(line) for line in (tmp_path / "counted.jsonl").read_text().splitlines()]
    return {(line[0], line[1], " ".join(line[2].values())): line[4] for line in lines if line[0] != "error"}


def test_a_call_counts_as_lambda_counts_it_with_all_that_the_function_told(
    counts: Counts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "orders")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", FUNCTION)
    count(Metric("Orders", "an order", dimensions=BY_FUNCTION))
    now = time.time()
    log = f"{capsys.readouterr().out}no JSON\n{{broken\n"
    counts.call(CONFIG, now - 0.25, {"log": log}, {})
    counts.call(CONFIG, now - 0.1, {"log": "", "error": True}, {})
    found = written(counts, tmp_path)
    assert found["Xueshi", "Orders", "orders"] == found["Xueshi", "Orders", f"{FUNCTION} orders"] == [[1.0, 1]]
    assert found["AWS/Lambda", "Invocations", FUNCTION] == [[1.0, 2]]
    assert found["AWS/Lambda", "Errors", FUNCTION] == [[0.0, 1], [1.0, 1]]
    assert found["AWS/Lambda", "ConcurrentExecutions", FUNCTION] == [[1.0, 1], [2.0, 1]]
    assert {round(value, -1) for value, _ in found["AWS/Lambda", "Duration", FUNCTION]} >= {250, 100}


def test_a_call_through_an_alias_counts_for_its_version_too(counts: Counts, tmp_path: Path) -> None:
    through = {**CONFIG, "FunctionArn": f"{CONFIG['FunctionArn']}:live", "Version": "7"}
    counts.call(through, time.time(), {"error": True}, {})
    counts.call(CONFIG, time.time(), {}, {})
    found = written(counts, tmp_path)
    assert found["AWS/Lambda", "Invocations", FUNCTION] == [[1.0, 2]]
    assert found["AWS/Lambda", "Errors", f"7 {FUNCTION} {FUNCTION}:live"] == [[1.0, 1]]


def test_errors_in_logs_are_kept_word_for_word(counts: Counts, tmp_path: Path) -> None:
    lines = [{"level": "INFO", "message": "fine"}, {"level": "ERROR", "message": "unhandled"}]
    counts.call(CONFIG, time.time(), {"log": "\n".join(map(json.dumps, lines))}, {})
    counts.write()
    kept = [json.loads(line) for line in (tmp_path / "counted.jsonl").read_text().splitlines()]
    assert [(k[2], k[3]["message"]) for k in kept if k[0] == "error"] == [(FUNCTION, "unhandled")]


def test_a_relays_lag_is_the_age_of_the_first_record(counts: Counts, tmp_path: Path) -> None:
    event = {"Records": [{"dynamodb": {"ApproximateCreationDateTime": time.time() - 90}}]}
    counts.call({"FunctionName": "relay", "FunctionArn": f"{ARN}relay"}, time.time(), {}, event)
    ((lag, _),) = written(counts, tmp_path)["AWS/Lambda", "IteratorAge", "relay"]
    assert 89_000 < lag < 95_000


def test_what_operators_tell_again_has_no_lag(counts: Counts, tmp_path: Path) -> None:
    counts.call(
        {"FunctionName": "relay", "FunctionArn": f"{ARN}relay"},
        time.time(),
        {},
        {"Records": [{"dynamodb": {"NewImage": {}, "SequenceNumber": "1"}}]},
    )
    assert ("AWS/Lambda", "IteratorAge", "relay") not in written(counts, tmp_path)


@pytest.mark.parametrize(
    ("operation", "data", "units"),
    [
        ("PutItem", {"TableName": "t"}, {"ConsumedWriteCapacityUnits": 1.0}),
        ("Query", {"TableName": "t"}, {"ConsumedReadCapacityUnits": 1.0}),
        ("BatchGetItem", {"RequestItems": {"t": {"Keys": [{}, {}]}}}, {"ConsumedReadCapacityUnits": 2.0}),
        (
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "t"}}, {"Update": {"TableName": "t"}}]},
            {"ConsumedWriteCapacityUnits": 4.0},
        ),
    ],
)
def test_a_table_counts_units_of_each_item(
    operation: str, data: dict[str, Any], units: dict[str, float], counts: Counts, tmp_path: Path
) -> None:
    counts.table_call(operation, data, 200, 0.004)
    found = written(counts, tmp_path)
    assert {name: values[0][0] for (_, name, about), values in found.items() if about == "t"} == units
    assert found["AWS/DynamoDB", "SuccessfulRequestLatency", f"{operation} t"] == [[4.0, 1]]


def test_requests_and_queues_are_counted(counts: Counts, tmp_path: Path) -> None:
    counts.request("api", 503, 0.02)
    counts.waiting("dlq", [time.time() - 60])
    found = written(counts, tmp_path)
    assert found["AWS/ApiGateway", "5xx", "api"] == found["AWS/ApiGateway", "Count", "api"] == [[1, 1]]
    assert found["AWS/ApiGateway", "4xx", "api"] == [[0.0, 1]]
    assert found["AWS/SQS", "ApproximateAgeOfOldestMessage", "dlq"][0][0] == pytest.approx(60, abs=2)
