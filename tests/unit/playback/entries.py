"""Both entries of the calls that carry a session's token, on the same state: what one answers, the other does."""

from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from copy import copy
from dataclasses import replace
from io import StringIO
from typing import Any

from services.kit.event_factory import EventFactory
from services.playback.app.context import Context
from services.playback.handlers.beat import build_api
from services.playback.handlers.routes.watching.plain_beats import answer_plainly
from tests.fakes.store import MemoryStore
from tests.gateway import LambdaContext, origin_secret


class Standing:
    """Something that stands for whatever it is given."""

    def __init__(self, target: Any) -> None:
        self.target = target

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)


class BothEntries:
    """Of a context whose store and ids are those of the tests. What is asked here changes nothing of it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        standing: Any = Standing(context)
        self._copy = standing
        self._general = build_api(standing, origin_secret)
        self.plain = 0
        """How many were answered plainly."""

    def agree(self, event: dict[str, Any]) -> dict[str, Any]:
        """The answer, which is the same byte for byte, on stores that are the same afterwards."""
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            self._stand_still()
            general = self._general.handle(event, LambdaContext())  # type: ignore[arg-type]  # powertools has its own
            left = _contents(self._copy.store)
            self._stand_still()
            plain = answer_plainly(event, self._copy, origin_secret)
        if plain is None:
            return general
        self.plain += 1
        assert told(plain) == told(general)
        assert _contents(self._copy.store) == left
        return plain

    def _stand_still(self) -> None:
        store = copy(self.context.store)
        assert isinstance(store, MemoryStore)
        store.items, store.labels, store.outbox = dict(store.items), dict(store.labels), list(store.outbox)
        ids: Any = copy(self.context.ids)
        ids._numbers = copy(ids._numbers)  # noqa: SLF001 (a fake of ours)
        events = EventFactory("playback", self.context.clock, ids)
        self._copy.target = replace(self.context, store=store, ids=ids, events=events)


def told(answer: Mapping[str, Any]) -> tuple[int, dict[str, str], str]:
    """What the gateway passes on."""
    assert not answer["isBase64Encoded"]
    assert not answer.get("cookies")
    return answer["statusCode"], answer["headers"], answer["body"]


def _contents(store: MemoryStore) -> tuple[Any, ...]:
    # When it was written is the one thing that differs.
    labels = {key: replace(label, at="") for key, label in store.labels.items()}
    return store.items, labels, store.outbox
