"""CodeDeploy as it is played for the emulator; tests/emulator/test_shifting.py sees it at work."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from infra.stages import Shift
from local.counting import Counts
from local.shifting import ALIAS, IDLE_S, Shifting, _drawn, steps

NAME = "shifted"


@pytest.mark.parametrize(
    ("config", "parts", "minutes"),
    [
        ("LambdaAllAtOnce", [], 0),
        ("LambdaCanary10Percent5Minutes", [0.1], 5),
        ("LambdaLinear10PercentEvery1Minute", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 1),
        ("LambdaLinear10PercentEvery10Minutes", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 10),
    ],
)
def test_new_code_gets_its_part_for_as_long_as_the_configuration_says(
    config: str, parts: list[float], minutes: float
) -> None:
    found = steps(f"CodeDeployDefault.{config}")
    assert found == [(part, minutes) for part in parts]


@pytest.mark.parametrize("config", get_args(Shift))
def test_whatever_a_stage_may_say_is_played(config: str) -> None:
    assert (steps(f"CodeDeployDefault.{config}") == []) == (config == "LambdaAllAtOnce")


def test_what_is_not_played_is_refused() -> None:
    with pytest.raises(ValueError, match="Mine is not played"):
        steps("Mine")


def test_calls_are_shared_out_by_the_weights() -> None:
    alias = {"FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.1}}}
    found = Counter(_drawn(alias) for _ in range(10_000))
    assert set(found) == {"1", "2"}
    # Ten times the standard deviation is 300.
    assert 700 < found["2"] < 1_300
    assert {_drawn({"FunctionVersion": "1"}) for _ in range(100)} == {"1"}


@pytest.fixture
def in_turns() -> Iterator[None]:
    """Threads give way to one another as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("in_turns")
def test_aliases_that_are_shifted_at_once_miss_nothing_that_was_counted(tmp_path: Path) -> None:
    """Each has a thread of its own, and what one has read the others see."""
    counts, aliases, looks = Counts(tmp_path / "counted.jsonl"), 8, 25

    def counted() -> None:
        counts.add("AWS/Lambda", "Errors", {"FunctionName": NAME}, 1)
        counts.write()

    shifting = Shifting(counts.file, counted)
    shifting.add_to(SimpleNamespace(_runs_on_worker_thread=None), *_modules())
    now = time.time()
    with ThreadPoolExecutor(aliases) as pool:
        looked = [pool.submit(shifting.rises, alarm(1), now) for _ in range(aliases * looks)]
        assert all(done.result() for done in looked)
    assert shifting.rises(alarm(aliases * looks + 1), now)
    assert not shifting.rises(alarm(aliases * looks + 3), now)


def alarm(errors: int) -> dict[str, Any]:
    """Rises at so many errors in many years, so that no period ends in the middle of a test."""
    return {
        "AlarmName": f"{errors} errors",
        "AlarmDescription": "It fails",
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": NAME}],
        "Statistic": "Sum",
        "Period": 864_000_000,
        "EvaluationPeriods": 1,
        "Threshold": errors,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }


def _modules() -> tuple[SimpleNamespace, SimpleNamespace, SimpleNamespace]:
    """The emulator's, as far as they are touched."""
    provisioners = SimpleNamespace(_RESOURCE_HANDLERS={ALIAS: {"update": None}})
    functions = SimpleNamespace(_effective_func_record_for_qualifier=None)
    return provisioners, functions, SimpleNamespace(_set_alarm_state=lambda *_, **__: None)


@pytest.mark.parametrize(("calls", "idle"), [(0, True), (1, False)])
def test_a_function_that_nobody_calls_is_not_waited_for(tmp_path: Path, calls: int, idle: bool) -> None:
    counts = Counts(tmp_path / "counted.jsonl")
    for _ in range(calls):
        counts.add("AWS/Lambda", "Invocations", {"FunctionName": NAME}, 1)
    shifting = Shifting(counts.file, counts.write)
    shifting.add_to(SimpleNamespace(_runs_on_worker_thread=None), *_modules())
    begun = time.time() - IDLE_S - 1
    assert not shifting.rises(alarm(1), begun)
    assert shifting.idle(NAME, begun) == idle
    assert not shifting.idle(NAME, time.time())
