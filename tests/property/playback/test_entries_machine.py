"""The watch machine again, with every call of a token asked of both entries first: they always answer the same."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from services.kit.call import Call
from services.playback.app.context import Context
from services.playback.app.watching.watch_state import WatchState
from tests.gateway import claims, request
from tests.property.playback import test_watch_machine as machine
from tests.unit.playback.entries import BothEntries
from tests.unit.playback.world import World

STEPS = {
    "beat": ("/v1/playback/beats", ("position_ms",)),
    "pause": ("/v1/playback/pauses", ("position_ms",)),
    "confirm_prompt": ("/v1/playback/confirmations", ("nonce", "choice")),
}


class Asked:
    """A use case that asks both entries before it does anything."""

    def __init__(self, entries: BothEntries, name: str) -> None:
        self._entries = entries
        self._path, self._members = STEPS[name]
        self._take: Callable[..., WatchState] = getattr(machine, name)

    def __call__(self, ctx: Context, call: Call, token: str, *arguments: Any) -> WatchState:
        body = {"token": token, **dict(zip(self._members, arguments, strict=False))}
        self._entries.context = ctx
        self._entries.agree(request("POST", self._path, body, who=claims(call.caller_id)))
        return self._take(ctx, call, token, *arguments)


def test_both_entries_answer_alike_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = BothEntries(World().context)
    for name in STEPS:
        monkeypatch.setattr(machine, name, Asked(entries, name))
    run_state_machine_as_test(
        machine.WatchMachine,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
    assert entries.plain > 100
