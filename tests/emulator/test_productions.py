"""The machine of productions, as its template has it, with functions that only note how they are called."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from local.emulator import Emulator, running
from tests.flows.world import eventually
from tests.infra.test_productions import states
from tests.templates import service_template

ROLE = "arn:aws:iam::000000000000:role/any"
FUNCTION = """
import json, os, boto3
calls = boto3.client("s3")
def handler(event, context):
    name, step = event["production_id"], event["step"]
    try:
        noted = json.loads(calls.get_object(Bucket="calls", Key=name)["Body"].read())
    except calls.exceptions.NoSuchKey:
        noted = []
    noted.append([os.environ["KIND"], step, event.get("failed")])
    calls.put_object(Bucket="calls", Key=name, Body=json.dumps(noted))
    if name == "broken" and step == "check":
        raise ValueError(step)
    waits = name == "waits" and step == "transcribe" and noted.count(noted[-1]) < 3
    return {"go_on": not (name == "refused" and step == "encode"), "wait": waits, "job": None}
"""
PLAIN = [
    ["media", "probe", None],
    ["media", "encode", None],
    ["produce", "check", None],
    ["produce", "transcribe", None],
    ["produce", "summarise", None],
]


def hurried() -> dict[str, Any]:
    """The machine's definition, which waits a second where it waits."""
    template = service_template("catalog")
    found = states(template)
    for state in found.values():
        if "FunctionName" in state.get("Parameters", {}):
            function = template["Resources"][state["Parameters"]["FunctionName"]]["Properties"]["FunctionName"]
            state["Parameters"]["FunctionName"] = function
        if state["Type"] == "Wait":
            state["Seconds"] = 1
        for retry in state.get("Retry", []):
            retry |= {"IntervalSeconds": 1, "BackoffRate": 1}
    return {"StartAt": "Begin probe", "States": found}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator with the machine and its functions alone."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("noting.py", FUNCTION)
    with running(tmp_path_factory.mktemp("machine")) as made:
        made.client("s3").create_bucket(Bucket="calls")
        for kind in ("media", "produce"):
            made.client("lambda").create_function(
                FunctionName=f"xueshi-catalog-{kind}",
                Runtime="python3.13",
                Role=ROLE,
                Handler="noting.handler",
                Code={"ZipFile": packed.getvalue()},
                Environment={"Variables": {"KIND": kind}},
            )
        machines = made.client("stepfunctions")
        machines.create_state_machine(name="productions", definition=json.dumps(hurried()), roleArn=ROLE)
        yield made


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("plain", PLAIN),
        ("refused", PLAIN[:2]),
        ("waits", [*PLAIN[:4], PLAIN[3], PLAIN[3], PLAIN[4]]),
        ("broken", [*PLAIN[:3], PLAIN[2], PLAIN[2], PLAIN[2], ["produce", "fail", "check"]]),
    ],
)
def test_the_machine_takes_each_step_as_its_functions_answer(
    emulator: Emulator, name: str, calls: list[list[str | None]]
) -> None:
    machines = emulator.client("stepfunctions")
    (machine,) = machines.list_state_machines()["stateMachines"]
    given = json.dumps({"production_id": name, "run": 1})
    run = machines.start_execution(stateMachineArn=machine["stateMachineArn"], name=name, input=given)["executionArn"]

    def ended() -> str | None:
        status = str(machines.describe_execution(executionArn=run)["status"])
        return None if status == "RUNNING" else status

    assert eventually(ended) == "SUCCEEDED"
    assert json.loads(emulator.client("s3").get_object(Bucket="calls", Key=name)["Body"].read()) == calls
