"""CodeDeploy as it is played for the emulator; tests/emulator/test_shifting.py sees it at work."""

from collections import Counter
from typing import get_args

import pytest

from infra.stages import Shift
from local.shifting import _drawn, steps


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
