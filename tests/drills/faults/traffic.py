"""Learners who do what learners do, while things fail: they send again what was not answered, and nothing else."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from demo.client import Answer, Client, Refused
from demo.people import give_name, grant_membership, hold_certificates, learner_id_of
from demo.player import Player, Timing
from local.payments.till import Refusal
from local.system import System
from tests.flows.world import World

RETRY_S = 0.3
PATIENCE_S = 120.0
"""How long somebody tries, seconds on this machine's clock."""
KINDS = ("member", "buyer", "without a certificate", "who asks the money back", "who asks it back too late")
PAYER_DOES = ("pay", "twice", "silent")
"""At the sandbox: a notification, two of them, none at all."""


class NotServed(Exception):
    """Somebody did not get what is theirs, however often they asked."""


@dataclass
class Walk:
    """What one learner did and was told."""

    learner: Client
    kind: str
    learner_id: str
    completed: list[str] = field(default_factory=list)
    """Watches that the player saw complete."""
    paid: int = 0
    refunds: list[str] = field(default_factory=list)


@dataclass
class Crowd:
    """Learners on the running system, and the courses that they take one after the other."""

    world: World
    timing: Timing
    courses: Sequence[str]

    def gather(self, count: int) -> list[Walk]:
        """New learners, of each kind in turn, ready to learn."""
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(self._newcomer, (KINDS[number % len(KINDS)] for number in range(count))))

    def walk(self, walks: Sequence[Walk], until: Callable[[], bool]) -> None:
        """All of them at once take a course after the other until it is time. Raises NotServed, Refused."""
        with ThreadPoolExecutor(len(walks)) as pool:
            for done in [pool.submit(self._walk, walk, until) for walk in walks]:
                done.result()

    def _newcomer(self, kind: str) -> Walk:
        learner = self.world.learner()
        learner_id = learner_id_of(learner)
        grant_membership(self.world.admin, learner_id)
        if kind == "without a certificate":
            give_name(learner)
        else:
            hold_certificates(self.world.admin, learner, ("AFP",))
        return Walk(learner, kind, learner_id)

    def _walk(self, walk: Walk, until: Callable[[], bool]) -> None:
        for course in self.courses:
            if until():
                return
            if walk.kind in KINDS[:1] or walk.kind == KINDS[2]:
                self._claim(walk, course)
                self._watch(walk, course)
            else:
                self._buy_and_watch(walk, course)

    def _buy_and_watch(self, walk: Walk, course: str) -> None:
        order_id = self._buy(walk, course)
        if walk.kind == "who asks the money back":
            self._ask_back(walk, order_id, "done")
            return
        self._watch(walk, course)
        if walk.kind == "who asks it back too late":
            self._ask_back(walk, order_id, "refused")

    def _claim(self, walk: Walk, course: str) -> None:
        _insist(lambda key: walk.learner.post("/v1/orders/claims", {"course_id": course}, key=key))

    def _watch(self, walk: Walk, course: str) -> None:
        player = Player(walk.learner, course, reaction=lambda: 2.0, timing=self.timing)
        player.start(patience_s=PATIENCE_S * 60)  # in the drill's time
        walk.completed.append(player.watch()["watch_id"])

    def _buy(self, walk: Walk, course: str) -> str:
        learner, ids = walk.learner, [course]
        due = _insist(lambda _: learner.post("/v1/orders/quotes", {"course_ids": ids}))["amount_fen"]
        asked = {"course_ids": ids, "expected_fen": due}
        order = _insist(lambda key: learner.post("/v1/orders/orders", asked, key=key))
        way = f"/v1/orders/orders/{order['order_id']}/payments/wechat_native"
        payment = _insist(lambda _: learner.send("PUT", way))
        _pay(self.world.system, payment["qr_content"].rsplit("/", 1)[-1], PAYER_DOES[walk.paid % len(PAYER_DOES)])
        walk.paid += 1
        state = f"/v1/orders/payments/{payment['number']}"
        _until(lambda: _insist(lambda _: learner.get(state))["state"] == "paid", "a payment is not known")
        return str(order["order_id"])

    def _ask_back(self, walk: Walk, order_id: str, end: str) -> None:
        path = f"/v1/orders/orders/{order_id}/refunds"
        asked = _insist(lambda key: walk.learner.post(path, {}, key=key))
        state = f"/v1/orders/refunds/{asked['refund_id']}"
        _until(lambda: _insist(lambda _: walk.learner.get(state))["status"] == end, f"a refund is not {end}")
        walk.refunds.append(asked["refund_id"])


def _pay(system: System, page: str, action: str) -> None:
    try:
        system.payments.act(page, action)
    except Refusal as refusal:
        raise NotServed(f"the provider refused the payer: {refusal.code}") from refusal


def _insist(send: Callable[[str], Answer]) -> Any:
    """Sends the same request, under one key, until it is answered. Raises Refused, NotServed."""
    key, until = uuid4().hex, time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            answer = send(key)
        except httpx.TransportError:
            continue
        if answer.status < httpx.codes.INTERNAL_SERVER_ERROR and answer.code != "BUSY":
            return answer.accepted()
        time.sleep(RETRY_S)
    raise NotServed("no answer but failures")


def _until(check: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not check():
        if time.monotonic() > until:
            raise NotServed(otherwise)
        time.sleep(RETRY_S)


__all__ = ["Crowd", "NotServed", "Refused", "Walk"]
