"""What becomes of callers while stacks are deployed: which part of their calls new code has, and what took it back."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.packaging import SERVICES
from infra.stages import LIVE, NEW_CODE, Stage
from ops.aws import Clients

LOOK_EVERY_S = 10.0
"""Lambda takes some 15 such calls a second of an account, and CloudFormation makes them too."""
TELL_AGAIN_S = 60.0
"""While nothing changes."""

Say = Callable[[str], None]


@dataclass
class Shift:
    """Of one stage. `risen` are the alarms of new code that rose since this was made."""

    where: Stage
    clients: Clients
    say: Say
    risen: set[str] = field(default_factory=set)
    _told: tuple[str, float] = ("", 0.0)

    def __post_init__(self) -> None:
        self._functions = [name for name in self._names() if self._shares(name) is not None]
        self._since = datetime.now(UTC)

    def look(self) -> None:
        """Looks once, and tells what is not as it was."""
        parts = Counter(part for name in self._functions for part in (self._shares(name) or {}).values())
        text = ", ".join(f"{part:.0%} of the calls of {_functions(many)}" for part, many in sorted(parts.items()))
        before, at = self._told
        if text != before or (text and time.monotonic() - at > TELL_AGAIN_S):
            self._told = text, time.monotonic()
            self.say(f"new code has {text}" if text else "no calls are shared between old and new code any more")
        for name in sorted(self._rose() - self.risen):
            self.risen.add(name)
            self.say(f"{name} rises: calls go back to the code before")

    def advice(self) -> str:
        """What to do about a deployment that failed; nothing where no alarm of new code rose."""
        if not self.risen:
            return ""
        return (
            f"New code was taken back by {', '.join(sorted(self.risen))}: everybody is answered by the code before "
            f"again. docs/operations.md#{NEW_CODE} says where to look; mend it, and deploy again."
        )

    def _names(self) -> Iterator[str]:
        prefixes = tuple(f"{self.where.prefix}-{service}-" for service in SERVICES)
        for page in self.clients("lambda").get_paginator("list_functions").paginate():
            yield from (f["FunctionName"] for f in page["Functions"] if f["FunctionName"].startswith(prefixes))

    def _shares(self, function: str) -> Mapping[str, float] | None:
        """Which part of the calls versions beside the alias's own have; None where the function has no alias."""
        client = self.clients("lambda")
        try:
            alias = client.get_alias(FunctionName=function, Name=LIVE)
        except client.exceptions.ResourceNotFoundException:
            return None
        shares: Mapping[str, float] = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        return shares

    def _rose(self) -> set[str]:
        """By the history, which has alarms that went with the version, too."""
        asked: Any = self.clients("cloudwatch").get_paginator("describe_alarm_history")
        pages = asked.paginate(HistoryItemType="StateUpdate", StartDate=self._since)
        own = tuple(f"{name}-{NEW_CODE}-" for name in self._functions)
        items = [item for page in pages for item in page["AlarmHistoryItems"] if item["AlarmName"].startswith(own)]
        return {item["AlarmName"] for item in items if item["HistorySummary"].endswith("to ALARM")}


def _functions(many: int) -> str:
    return "1 function" if many == 1 else f"{many} functions"


@contextmanager
def told(shift: Shift, every_s: float) -> Iterator[None]:
    """Looks every so many seconds until the block ends, and once more then."""
    ended = threading.Event()

    def look() -> None:
        try:
            shift.look()
        except (BotoCoreError, ClientError) as error:
            # It only tells: what is deployed goes on without it.
            shift.say(f"how far new code has come cannot be seen: {error}")

    def watch() -> None:
        while not ended.wait(every_s):
            look()

    thread = threading.Thread(target=watch, name="telling of the shift", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        look()
