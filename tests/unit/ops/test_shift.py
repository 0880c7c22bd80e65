"""What `make deploy` tells while calls go over to new code, and when an alarm took it back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.stages import LIVE, stage
from ops.shift import Shift, told

BEAT, PAY, RELAY = "xueshi-playback-beat", "xueshi-orders-pay", "xueshi-orders-relay"
OTHERS = "xueshi-dev-orders-pay"
"""Another stage's, whose name begins as production's do."""
BEGUN = datetime.now(UTC)


class Account:
    """Lambda and CloudWatch of an account, as far as they are asked."""

    class exceptions:  # noqa: N801 (as boto3 names it)
        class ResourceNotFoundException(Exception):
            """There is none."""

    def __init__(self) -> None:
        self.shares: dict[str, dict[str, float]] = {BEAT: {}, PAY: {}, OTHERS: {}}
        self.history: list[tuple[str, str]] = []

    def __call__(self, _service: str) -> "Account":
        return self

    def get_paginator(self, operation: str) -> "Pages":
        return Pages(self, operation)

    def get_alias(self, FunctionName: str, Name: str) -> dict[str, Any]:  # noqa: N803
        assert Name == LIVE
        if FunctionName not in self.shares:
            raise self.exceptions.ResourceNotFoundException
        shares = self.shares[FunctionName]
        return {"FunctionVersion": "1"} | ({"RoutingConfig": {"AdditionalVersionWeights": shares}} if shares else {})


class Pages:
    def __init__(self, account: Account, operation: str) -> None:
        self._account, self._operation = account, operation

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        if self._operation == "list_functions":
            yield {"Functions": [{"FunctionName": name} for name in (*self._account.shares, RELAY)]}
        else:
            assert asked["HistoryItemType"] == "StateUpdate"
            assert asked["StartDate"] > BEGUN
            found = [
                {"AlarmName": name, "HistorySummary": f"Alarm updated from INSUFFICIENT_DATA to {state}"}
                for name, state in self._account.history
            ]
            yield {"AlarmHistoryItems": found}


@pytest.fixture
def account() -> Account:
    return Account()


def test_it_tells_which_part_of_the_calls_new_code_has_when_that_changes(account: Account) -> None:
    said: list[str] = []
    shift = Shift(stage("prod"), account, said.append)
    shift.look()
    assert said == []
    account.shares |= {BEAT: {"2": 0.1}, PAY: {"8": 0.1}, OTHERS: {"3": 0.9}}
    shift.look()
    shift.look()
    account.shares |= {BEAT: {}}
    shift.look()
    account.shares |= {PAY: {}}
    shift.look()
    assert said == [
        "new code has 10% of the calls of 2 functions",
        "new code has 10% of the calls of 1 function",
        "no calls are shared between old and new code any more",
    ]
    assert shift.advice() == ""


def test_it_names_the_alarms_that_took_new_code_back_and_no_other(account: Account) -> None:
    said: list[str] = []
    shift = Shift(stage("prod"), account, said.append)
    rising = f"{PAY}-new-code-slow-9"
    others = ["xueshi-orders-failures", f"{OTHERS}-new-code-slow-9"]
    account.history = [(name, "ALARM") for name in (rising, *others)] + [(f"{BEAT}-new-code-fails-2", "OK")]
    shift.look()
    shift.look()
    assert said == [f"{rising} rises: calls go back to the code before"]
    assert f"taken back by {rising}:" in shift.advice()
    assert "docs/operations.md#new-code" in shift.advice()


def test_it_looks_once_more_at_the_end_and_what_cannot_be_seen_stops_nothing(account: Account) -> None:
    said: list[str] = []
    shift = Shift(stage("prod"), account, said.append)
    with told(shift, every_s=60):
        account.shares[BEAT] = {"2": 0.1}
    assert said == ["new code has 10% of the calls of 1 function"]
    refused = ClientError({"Error": {"Code": "Throttling", "Message": "slow down"}}, "GetAlias")

    def fail(**_: str) -> None:
        raise refused

    account.get_alias = fail  # type: ignore[method-assign, assignment]
    with told(shift, every_s=60):
        pass
    assert "cannot be seen" in said[-1]
