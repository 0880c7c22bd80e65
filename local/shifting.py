"""Plays CodeDeploy for the aliases of functions, as far as our templates use it: the emulator has no CodeDeploy.

Its CloudFormation gets the two types that templates name, an alias with weights shares out its calls, and an update of
an alias that a deployment group stands behind goes as the group says: a part of all calls first, and back where one of
the group's alarms rises, which fails the update as on AWS. A minute of CodeDeploy's lasts MINUTE_S here. The alarms are
judged as at `/_local/dashboards`, by what local/counting.py has counted until then.

It runs within the emulator (local/launcher.py); of this repository it imports what needs the standard library alone.
"""

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local.counting import EVERY_S
from local.dashboards.alarms import State, judge
from local.dashboards.values import Tail, Values, Window

MINUTE_S = 4.0
LOOK_S = 0.5
IDLE_S = 3.0
"""How long nobody has to call a function for it to go over at once: nothing could rise, and they go one by one."""
ALIAS = "AWS::Lambda::Alias"
APPLICATION, GROUP = "AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup"
CONFIG = re.compile(
    r"CodeDeployDefault\.Lambda(Canary|Linear)(?P<percent>\d+)Percent(?:Every)?(?P<minutes>\d+)Minutes?"
)
AT_ONCE = "CodeDeployDefault.LambdaAllAtOnce"

Properties = dict[str, Any]
Step = tuple[float, float]
"""Which part of all calls new code gets, and for how many minutes."""


def steps(config: str) -> list[Step]:
    """What a configuration does before new code gets all calls. Raises ValueError where it is not played here."""
    if config == AT_ONCE:
        return []
    found = CONFIG.fullmatch(config)
    if found is None:
        raise ValueError(f"{config} is not played here")
    percent, minutes = int(found["percent"]), float(found["minutes"])
    parts = [percent] if found[1] == "Canary" else range(percent, 100, percent)
    return [(part / 100, minutes) for part in parts]


class Shifting:
    """CodeDeploy, of one emulator. `write` has what was counted written to `counted`."""

    def __init__(self, counted: Path, write: Callable[[], None]) -> None:
        self._tail = Tail(counted)
        self._write = write
        self._values = Values()
        self._turn = threading.Lock()

    def add_to(self, stacks: Any, provisioners: Any, lambda_svc: Any, cloudwatch: Any) -> None:
        """Adds what is lacking to these modules of the emulator."""
        self._lambda, self._cloudwatch, self._provisioners = lambda_svc, cloudwatch, provisioners
        handlers = provisioners._RESOURCE_HANDLERS  # noqa: SLF001
        handlers[APPLICATION] = _kept_as("ApplicationName")
        handlers[GROUP] = _kept_as("DeploymentGroupName")
        handlers[ALIAS] = {**handlers[ALIAS], "update": self._updating(handlers[ALIAS]["update"])}
        waits = stacks._runs_on_worker_thread  # noqa: SLF001
        stacks._runs_on_worker_thread = lambda kind: kind == ALIAS or waits(kind)  # noqa: SLF001
        pick = lambda_svc._effective_func_record_for_qualifier  # noqa: SLF001
        lambda_svc._effective_func_record_for_qualifier = _sharing_out(pick)  # noqa: SLF001

    def _updating(self, at_once: Callable[..., Any]) -> Callable[..., Any]:
        def updated(id_: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Any:
            group = self._group(stack, logical_id)
            if group and old["FunctionVersion"] != new["FunctionVersion"]:
                self._shift(stack, group, old, new)
            return at_once(id_, old, new, stack, logical_id)

        return updated

    def _group(self, stack: str, logical_id: str) -> Properties | None:
        """The group behind an alias; None where it has none, or CloudFormation takes back what it did."""
        if "ROLLBACK" in _stack(stack)["StackStatus"]:
            return None
        described = self._provisioners._cfn_wait_condition_definition(stack, logical_id)  # noqa: SLF001 (of any type)
        policy = described.get("UpdatePolicy", {}).get("CodeDeployLambdaAliasUpdate")
        if policy is None:
            return None
        group: Properties = _stack(stack)["_resources"][policy["DeploymentGroupName"]["Ref"]]["Properties"]
        return group

    def _shift(self, stack: str, group: Properties, old: Properties, new: Properties) -> None:
        """Gives new code its part of the calls, step by step. Raises ValueError where an alarm rises meanwhile."""
        alarms = list(_alarms(stack, group))
        begun = time.time()
        for part, minutes in steps(group["DeploymentConfigName"]):
            self._share(old, {new["FunctionVersion"]: part})
            until = time.monotonic() + minutes * MINUTE_S
            while time.monotonic() < until and not self.idle(old["FunctionName"], begun):
                time.sleep(LOOK_S)
                if rising := [alarm["AlarmName"] for alarm in alarms if self.rises(alarm, begun)]:
                    self._share(old, {})
                    raise ValueError(
                        f"The deployment of {group['DeploymentGroupName']} was stopped, and its calls go to version "
                        f"{old['FunctionVersion']} again: {', '.join(rising)}"
                    )

    def _share(self, alias: Properties, weights: dict[str, float]) -> None:
        told = {"RoutingConfig": {"AdditionalVersionWeights": weights}}
        self._lambda._update_alias(alias["FunctionName"], alias["Name"], told)  # noqa: SLF001

    def rises(self, alarm: Properties, begun: float) -> bool:
        """Whether an alarm is raised by what was counted since a time, which it is told, too."""
        # Many aliases are shifted at once, each by a thread of its own.
        with self._turn:
            self._write()
            self._values.read(self._tail.lines())
            found = judge(alarm, self._values, begun, time.time())
        told = {"AlarmName": found.name, "StateValue": found.state.value, "StateReason": f"{found.rule}: {found.seen}"}
        self._cloudwatch._set_alarm_state({}, told, is_cbor=False, is_json=True)  # noqa: SLF001
        return found.state is State.ALARM

    def idle(self, function: str, begun: float) -> bool:
        """Whether nobody has called a function since a time that is long enough ago."""
        now = time.time()
        if now - begun < IDLE_S:
            return False
        # Calls are counted by the seconds of local/counting.py, with what came just before.
        window = Window(int(begun - EVERY_S), int(now) + 1, 1)
        with self._turn:
            return not self._values.points("AWS/Lambda", "Invocations", {"FunctionName": function}, "Sum", window)


def _stack(name: str) -> Properties:
    from ministack.services.cloudformation import _stacks  # type: ignore[import-not-found] # in its environment only

    stack: Properties = _stacks[name]
    return stack


def _alarms(stack: str, group: Properties) -> Iterator[Properties]:
    """A group's alarms, as CloudFormation has resolved them."""
    names = {alarm["Name"] for alarm in group["AlarmConfiguration"]["Alarms"]}
    for resource in _stack(stack)["_resources"].values():
        if resource["Properties"].get("AlarmName") in names:
            yield resource["Properties"]


def _kept_as(name: str) -> dict[str, Any]:
    """A type of which the stack's own record is all that is needed."""
    return {
        "create": lambda _id, given, _stack: (given[name], {}),
        "update": lambda _id, _old, new, _stack: (new[name], {}),
        "delete": lambda _id, _given: None,
    }


Picked = tuple[Any, Any]
"""A function's record and configuration."""


def _sharing_out(pick: Callable[[Any, Any], Picked]) -> Callable[[Any, Any], Picked]:
    """An alias's calls go to one version or another by its weights, and functions are told by which name they are."""

    def picked(function: Any, qualifier: Any) -> Picked:
        alias = (function or {}).get("aliases", {}).get(qualifier)
        if alias is None:
            return pick(function, qualifier)
        record, config = pick(function, _drawn(alias))
        return record, config and {**config, "FunctionArn": alias["AliasArn"]}

    return picked


def _drawn(alias: Properties) -> str:
    """A version, as often as its weight says."""
    at = random.random()  # noqa: S311 (nothing secret)
    for version, weight in alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}).items():
        if at < weight:
            return str(version)
        at -= weight
    return str(alias["FunctionVersion"])
