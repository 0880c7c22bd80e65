"""The machine that runs the steps of productions, on Step Functions."""

import json
from typing import Any

MAX_CAUSE = 256


class StepFunctions:
    """Executions of one state machine, by their names."""

    def __init__(self, client: Any, machine: str) -> None:
        """`machine` is its ARN."""
        self._client = client
        self._machine = machine

    def start(self, name: str, given: dict[str, object]) -> None:
        """Begins an execution; of a name that was given before there is one already, and nothing happens."""
        try:
            self._client.start_execution(stateMachineArn=self._machine, name=name, input=json.dumps(given))
        except self._client.exceptions.ExecutionAlreadyExists:
            return

    def is_running(self, name: str) -> bool:
        """Whether an execution has begun and not ended."""
        try:
            found = self._client.describe_execution(executionArn=self._execution(name))
        except self._client.exceptions.ExecutionDoesNotExist:
            return False
        return bool(found["status"] == "RUNNING")

    def stop(self, name: str, why: str) -> None:
        """Ends an execution. One that has ended, or never began, stays as it is."""
        try:
            self._client.stop_execution(executionArn=self._execution(name), cause=why[:MAX_CAUSE])
        except self._client.exceptions.ExecutionDoesNotExist:
            return

    def _execution(self, name: str) -> str:
        return f"{self._machine.replace(':stateMachine:', ':execution:', 1)}:{name}"
