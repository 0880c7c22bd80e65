"""The stream poller against Lambda's documented behaviour, with fakes for the stream, the function and the queue."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from local import streams
from local.streams import BatchDelivery, MappingSettings, Outcome, StreamMapping, passes

SETTINGS = MappingSettings(
    stack="S",
    function="relay",
    stream_arn="arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/now",
    on_failure_arn="arn:aws:sqs:us-east-1:000000000000:dlq",
    from_oldest=True,
    batch_size=10,
    max_retries=2,
    max_age_s=None,
    bisect=True,
    partial=True,
    filters=(),
)


def record(number: int, *, age_s: float = 0) -> dict[str, Any]:
    change = {"SequenceNumber": str(number), "ApproximateCreationDateTime": time.time() - age_s}
    return {"eventName": "INSERT", "dynamodb": change}


def numbers(payload: dict[str, Any]) -> list[int]:
    return [int(r["dynamodb"]["SequenceNumber"]) for r in payload["Records"]]


class Function:
    """A function that fails for poisonous records; remembers its calls and what it did."""

    def __init__(self, poison: set[int], *, partial: bool = True) -> None:
        self.poison = poison
        self.partial = partial
        self.calls: list[list[int]] = []
        self.done: list[int] = []
        self.unreachable = 0

    def __call__(self, payload: dict[str, Any]) -> Outcome:
        if self.unreachable:
            self.unreachable -= 1
            raise ConnectionError
        batch = numbers(payload)
        self.calls.append(batch)
        for number in batch:
            if number in self.poison:
                if not self.partial:
                    return Outcome(error="boom")
                return Outcome(error=None, payload={"batchItemFailures": [{"itemIdentifier": str(number)}]})
            self.done.append(number)
        return Outcome(error=None, payload={"batchItemFailures": []})


class Source:
    """A stream of batches."""

    def __init__(self, *batches: list[dict[str, Any]]) -> None:
        self.batches = list(batches)

    def read(self, limit: int) -> list[dict[str, Any]]:
        return self.batches.pop(0) if self.batches else []


@pytest.fixture(autouse=True)
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BACKOFF_S", 0.001)
    monkeypatch.setattr(streams, "IDLE_S", 0.001)


def deliver(function: Function, settings: MappingSettings = SETTINGS, **ages: float) -> list[dict[str, Any]]:
    given_up: list[dict[str, Any]] = []
    delivery = BatchDelivery(settings, function, given_up.append, threading.Event())
    assert delivery.deliver([record(n, **ages) for n in range(1, 9)])
    return given_up


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_batch_that_succeeds_is_delivered_once_and_in_order() -> None:
    function = Function(set())
    assert deliver(function) == []
    assert function.calls == [list(range(1, 9))]


def test_a_partial_failure_goes_on_from_the_first_failed_record() -> None:
    function = Function({5})
    function.partial = True
    (pointer,) = deliver(function)
    assert function.calls[1][0] == 5
    assert [n for n in function.done if n < 5] == [1, 2, 3, 4]
    assert [n for n in function.done if n > 5] == [6, 7, 8]
    assert pointer["DDBStreamBatchInfo"]["batchSize"] == 1
    assert pointer["DDBStreamBatchInfo"]["startSequenceNumber"] == "5"
    assert pointer["requestContext"]["condition"] == "RetryAttemptsExhausted"


def test_the_poisonous_record_alone_is_retried_as_often_as_the_mapping_says() -> None:
    function = Function({5})
    deliver(function)
    assert function.calls.count([5]) == 3  # the first attempt and two retries


def test_a_record_that_recovers_is_not_given_up() -> None:
    function = Function({5})
    original = function.__call__

    def recovering(payload: dict[str, Any]) -> Outcome:
        outcome = original(payload)
        if numbers(payload) == [5]:
            function.poison.clear()
        return outcome

    given_up: list[dict[str, Any]] = []
    assert BatchDelivery(SETTINGS, recovering, given_up.append, threading.Event()).deliver(
        [record(n) for n in range(1, 9)]
    )
    assert given_up == []
    assert sorted(set(function.done)) == list(range(1, 9))


def test_a_failing_function_is_bisected_until_the_poison_is_alone() -> None:
    function = Function({3}, partial=False)
    (pointer,) = deliver(function)
    assert pointer["DDBStreamBatchInfo"]["startSequenceNumber"] == "3"
    assert pointer["DDBStreamBatchInfo"]["endSequenceNumber"] == "3"
    assert set(function.done) == {1, 2, 4, 5, 6, 7, 8}


def test_without_bisection_the_whole_rest_is_given_up_after_the_retries() -> None:
    function = Function({3}, partial=False)
    (pointer,) = deliver(function, replace(SETTINGS, bisect=False))
    assert pointer["DDBStreamBatchInfo"]["batchSize"] == 8
    assert len(function.calls) == 3


def test_responses_are_not_read_where_the_mapping_does_not_ask_for_partial_failures() -> None:
    function = Function({3})
    assert deliver(function, replace(SETTINGS, partial=False)) == []
    assert len(function.calls) == 1


def test_an_identifier_that_names_no_record_fails_the_whole_batch() -> None:
    def confused(_: dict[str, Any]) -> Outcome:
        return Outcome(error=None, payload={"batchItemFailures": [{"itemIdentifier": "no such"}]})

    given_up: list[dict[str, Any]] = []
    assert BatchDelivery(SETTINGS, confused, given_up.append, threading.Event()).deliver([record(1), record(2)])
    assert [p["DDBStreamBatchInfo"]["startSequenceNumber"] for p in given_up] == ["1", "2"]


def test_records_past_the_age_limit_are_given_up_without_further_attempts() -> None:
    function = Function({1})
    (pointer,) = deliver(function, replace(SETTINGS, max_age_s=60, bisect=False), age_s=61)
    assert pointer["requestContext"]["condition"] == "RecordAgeExceeded"
    assert len(function.calls) == 1


def test_a_function_that_cannot_be_reached_costs_no_attempt() -> None:
    function = Function(set())
    function.unreachable = 5
    assert deliver(function) == []
    assert function.done == list(range(1, 9))


def test_filters_take_exact_values_and_refuse_what_they_do_not_know() -> None:
    inserts = ({"eventName": ["INSERT"]},)
    assert passes({"eventName": "INSERT"}, inserts)
    assert not passes({"eventName": "MODIFY"}, inserts)
    assert passes({"eventName": "MODIFY"}, ())
    with pytest.raises(ValueError, match="exact values"):
        passes({"eventName": "INSERT"}, ({"eventName": [{"prefix": "I"}]},))


def test_a_paused_mapping_delivers_nothing_and_goes_on_where_it_was() -> None:
    function = Function(set())
    source = Source([record(1)])
    mapping = StreamMapping(SETTINGS, source, function, lambda _: None)
    mapping.start()
    until(lambda: function.done == [1])
    mapping.pause()
    source.batches.append([record(2)])
    time.sleep(0.02)
    assert function.done == [1]
    mapping.resume()
    until(lambda: function.done == [1, 2])
    mapping.stop()


def test_nothing_to_deliver_calls_nobody() -> None:
    function = Function(set())
    settings = replace(SETTINGS, filters=({"eventName": ["MODIFY"]},))
    mapping = StreamMapping(settings, Source([record(1)]), function, lambda _: None)
    mapping.start()
    until(lambda: mapping.idle_at() > 0)
    mapping.stop()
    assert function.calls == []


def test_a_batch_is_kept_when_its_failure_queue_cannot_be_reached() -> None:
    function = Function({1})
    refusals = [ConnectionError(), ConnectionError()]
    sent: list[dict[str, Any]] = []

    def unsteady(message: dict[str, Any]) -> None:
        if refusals:
            raise refusals.pop()
        sent.append(message)

    mapping = StreamMapping(SETTINGS, Source([record(1)], [record(2)]), function, unsteady)
    mapping.start()
    until(lambda: function.done == [2])
    mapping.stop()
    assert [m["DDBStreamBatchInfo"]["startSequenceNumber"] for m in sent] == ["1"]


def test_settings_come_from_the_template_with_lambdas_defaults() -> None:
    names = {"Function": "f", "Stream": "s"}
    settings = MappingSettings.from_template("S", {"StartingPosition": "LATEST", "MaximumRetryAttempts": -1}, names)
    assert (settings.batch_size, settings.max_retries, settings.max_age_s) == (100, None, None)
    assert (settings.bisect, settings.partial, settings.from_oldest, settings.on_failure_arn) == (
        False, False, False, None,
    )  # fmt: skip
