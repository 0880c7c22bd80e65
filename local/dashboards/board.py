"""What the page is drawn from: the deployed dashboards, the templates' alarms, and what was counted."""

import json
import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from local.assembly import Stack, of_type
from local.dashboards.alarms import Judged, judged
from local.dashboards.page import PATH, RANGES, USUAL_RANGE, Shown, dashboards_page
from local.dashboards.values import Tail, Values

COUNTED = "counted.jsonl"
"""The file in the emulator's directory that local/counting.py writes."""
OVERVIEW = "overview"


class Board:
    """The dashboards of one running system."""

    def __init__(
        self,
        cloudwatch: Any,
        prefix: str,
        stacks: Sequence[Stack],
        resources: Mapping[str, Mapping[str, str]],
        file: Path,
    ) -> None:
        """`resources` are physical ids by stack and logical id; `file` is what counting writes."""
        self._cloudwatch = cloudwatch
        self._prefix = f"{prefix}-"
        self._templates = [(stack.template, resources[stack.name]) for stack in stacks if stack.name in resources]
        self._tail = Tail(file)
        self._values = Values()
        self._turn = Lock()
        self._since = time.time()

    def routes(self) -> list[Route]:
        """The page."""
        return [Route(PATH, self._page, methods=["GET"])]

    @cached_property
    def _boards(self) -> dict[str, Mapping[str, Any]]:
        # As CloudFormation has resolved them when it deployed the stacks.
        found: dict[str, Mapping[str, Any]] = {}
        for template, _ in self._templates:
            for _, resource in of_type(template, "AWS::CloudWatch::Dashboard"):
                name = resource["Properties"]["DashboardName"]
                body = self._cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]
                found[name.removeprefix(self._prefix)] = json.loads(body)
        return found

    def _page(self, request: Request) -> HTMLResponse:
        board = request.query_params.get("board", OVERVIEW)
        wanted = request.query_params.get("range", USUAL_RANGE)
        with self._turn:
            self._values.read(self._tail.lines())
            now = time.time()
            shown = Shown(
                name=board,
                range=wanted if wanted in RANGES else USUAL_RANGE,
                boards=self._boards,
                alarms=self._alarms(now),
                values=self._values,
                now=now,
            )
            return HTMLResponse(dashboards_page(shown), headers={"cache-control": "no-store"})

    def _alarms(self, now: float) -> list[Judged]:
        return judged(self._templates, self._values, self._since, now)
