"""The loop: HTTP, function, transaction with outbox, our stream poller, relay, bus, rule, queue, consumer."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx

from local.streams import StreamMapping
from local.system import System


def effects(system: System, name: str) -> int:
    item = (
        system.client("dynamodb")
        .get_item(TableName=system.deployed.resources["Slice"]["Table"], Key={"pk": {"S": name}, "sk": {"S": "effect"}})
        .get("Item")
    )
    return int(item["times"]["N"]) if item else 0


def mapping(system: System) -> StreamMapping:
    (only,) = system.mappings
    return only


def messages(system: System, queue: str, expected: int = 1) -> list[dict[str, Any]]:
    """Takes the messages that a queue of the slice holds, waiting for as many as are expected."""
    sqs, url = system.client("sqs"), system.deployed.resources["Slice"][queue]
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + 20
    while len(found) < expected and time.monotonic() < deadline:
        for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
    return found


def make(http: httpx.Client, name: str, **more: Any) -> httpx.Response:
    return http.post("/v1/slice/things", json={"name": name, **more})


def test_every_committed_thing_takes_effect_once(system: System, http: httpx.Client) -> None:
    names = [uuid4().hex for _ in range(40)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda name: make(http, name).status_code, names))
    assert answers == [201] * 40
    system.settle()
    assert [effects(system, name) for name in names] == [1] * 40


def test_of_two_requests_for_one_thing_one_commits(system: System, http: httpx.Client) -> None:
    name = uuid4().hex
    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(lambda _: make(http, name).status_code, range(4)))
    assert answers == [201, 409, 409, 409]
    system.settle()
    assert effects(system, name) == 1


def test_a_crash_between_commit_and_publish_delays_and_loses_nothing(system: System, http: httpx.Client) -> None:
    name = uuid4().hex
    mapping(system).pause()
    make(http, name)
    time.sleep(0.3)
    assert effects(system, name) == 0
    mapping(system).resume()
    system.settle()
    assert effects(system, name) == 1


def test_poison_in_the_outbox_goes_to_the_failure_queue_alone(system: System, http: httpx.Client) -> None:
    names = [uuid4().hex for _ in range(6)]
    mapping(system).pause()
    for number, name in enumerate(names):
        make(http, name, poison=number == 2)
    mapping(system).resume()
    (pointer,) = messages(system, "RelayDeadLetters")
    assert pointer["DDBStreamBatchInfo"]["batchSize"] == 1
    assert pointer["requestContext"]["condition"] == "RetryAttemptsExhausted"
    system.settle()
    assert [min(effects(system, name), 1) for name in names] == [1, 1, 0, 1, 1, 1]


def test_a_message_that_keeps_failing_goes_to_the_dead_letter_queue_alone(system: System, http: httpx.Client) -> None:
    queue = system.deployed.resources["Slice"]["Queue"]
    system.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    good, bad = uuid4().hex, f"refused-{uuid4().hex}"
    for name in (bad, good):
        make(http, name)
    (letter,) = messages(system, "DeadLetters")
    assert letter["detail"] == {"name": bad}
    system.settle()
    assert effects(system, good) >= 1
    system.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "60"})


def test_a_killed_worker_is_replaced_and_its_work_done_again(system: System, http: httpx.Client) -> None:
    make(http, uuid4().hex)
    assert system.kill("slice-http") >= 1
    name = uuid4().hex
    assert make(http, name).status_code == 201
    system.settle()
    system.kill("slice-consume")
    system.kill("slice-relay")
    name = uuid4().hex
    make(http, name)
    system.settle()
    assert effects(system, name) == 1


def test_a_call_without_a_log_line_does_not_wait_for_one(system: System) -> None:
    """What local/launcher.py is for: 50 ms a call otherwise. Look here at every upgrade of the emulator."""
    functions = system.client("lambda")

    def call() -> float:
        begun = time.perf_counter()
        functions.invoke(FunctionName="slice-consume", Payload=b'{"Records": []}')
        return time.perf_counter() - begun

    assert min(call() for _ in range(20)) < 0.04


def test_what_a_function_prints_is_kept(system: System, http: httpx.Client) -> None:
    for _ in range(3):
        make(http, uuid4().hex)
    events = system.client("logs").filter_log_events(logGroupName="/aws/lambda/slice-http", filterPattern="log line")
    assert len(events["events"]) >= 2
