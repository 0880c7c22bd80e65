"""What a beat loads, from the function's start to the answer: neither framework nor SDK, nor pydantic."""

import subprocess
import sys

PROGRAM = """
import json, sys
from dataclasses import replace
from datetime import UTC, datetime
from services.playback.handlers import beat
from services.playback.handlers.routes.watching.plain_beats import answer_plainly
from services.kit.clock import SystemClock, to_ms
from services.kit.event_factory import EventFactory
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.store import Stored
from services.kit.store.codec import encode
from services.kit.store.direct import DirectStore
from services.playback.app.context import Context
from services.playback.app.items import live_key
from services.playback.app.watching.tokens import seal
from services.playback.domain.policy import policy_in_force
from services.playback.domain.watch import NO_SESSION

class Client:
    def call(self, operation, arguments):
        assert operation == "PutItem", operation
        return {}

clock, ids, keys = SystemClock(), RandomIds(), KeyRing(lambda _: {"current": "k1", "k1": "secret"})
store = DirectStore(Client(), "data", "outbox", clock)
now = to_ms(clock.now()) - 5_000
rules = policy_in_force(datetime.now(UTC).date())
live = replace(
    NO_SESSION, watch_id="w", course_id="c", policy_id=rules.id, key_id="k1", duration_ms=3_600_000, refilled_at=now,
    lease_until=now + rules.lease_ms, bucket_ms=0,
)
token = seal(keys, "learner", Stored(live_key("learner"), live, 1, encode(live)))
event = {
    "headers": {"content-type": "application/json", "x-origin-verify": "ours"},
    "requestContext": {
        "requestId": "r", "http": {"method": "POST", "path": "/v1/playback/beats"},
        "authorizer": {"jwt": {"claims": {"sub": "learner", "token_use": "access"}}},
    },
    "body": json.dumps({"token": token, "position_ms": 4_000}),
}
context = Context(store, clock, ids, EventFactory("playback", clock, ids), keys)
answer = answer_plainly(event, context, lambda _: {"current": "ours"})
assert json.loads(answer["body"])["furthest_ms"] == 4_000, answer
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
HEAVY = {"aws_lambda_powertools", "boto3", "botocore", "email", "pydantic", "pydantic_core", "pynamodb", "urllib3"}


def test_a_beat_is_answered_without_framework_and_sdk() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert HEAVY.isdisjoint(done.stdout.split())
