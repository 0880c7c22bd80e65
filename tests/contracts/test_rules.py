"""Subscriptions: the rules in the synthesized templates match what a service consumes, and nothing else."""

from typing import Any

import pytest

from tests.contracts.credits import credits_listeners
from tests.contracts.events import CONSUMERS, PUBLISHED, SERVICES, consumer, example
from tests.templates import rule_patterns


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """EventBridge's decision, for patterns of plain values as ours are."""
    assert set(pattern) == {"source", "detail-type"}, "a rule that tells neither source nor type, or tells more"
    assert all(isinstance(value, str) for values in pattern.values() for value in values)
    return event["source"] in pattern["source"] and event["type"] in pattern["detail-type"]


SUBSCRIBERS = {service: set(consumer(service)[1]) for service in CONSUMERS}
# Some listen to their own service, through queues of their own.
SUBSCRIBERS["orders-settle"] = {"orders.payment_notified.v1", "orders.refund_due.v1"}
SUBSCRIBERS["orders-reconcile"] = {"orders.reconciliation_requested.v1"}
SUBSCRIBERS["orders-export"] = {"orders.export_requested.v1"}
SUBSCRIBERS["playback-archive"] = {"playback.watch_completed.v1"}
# Credits listens to its own facts through other queues, so that what follows from them never delays an award.
SUBSCRIBERS |= {f"credits-{listener}": set(handlers) for listener, handlers in credits_listeners().items()}


def patterns_of(subscriber: str) -> list[dict[str, Any]]:
    """The patterns of the rules that feed a subscriber's queue."""
    rules = rule_patterns(subscriber.split("-")[0])
    return [pattern for name, pattern in rules.items() if name.startswith(f"xueshi-{subscriber}-on-")]


@pytest.mark.parametrize("subscriber", SUBSCRIBERS)
def test_each_consumed_event_is_delivered_once(subscriber: str) -> None:
    for type_ in PUBLISHED:
        found = [pattern for pattern in patterns_of(subscriber) if matches(pattern, example(type_))]
        assert len(found) == (1 if type_ in SUBSCRIBERS[subscriber] else 0), type_


@pytest.mark.parametrize("subscriber", SUBSCRIBERS)
def test_neither_another_source_nor_another_version_is_delivered(subscriber: str) -> None:
    for type_ in PUBLISHED:
        event = example(type_)
        forged = [{**event, "source": f"xueshi.{other}"} for other in SERVICES if other != PUBLISHED[type_]]
        later = {**event, "type": type_.replace(".v1", ".v2")}
        for pattern in patterns_of(subscriber):
            assert not any(matches(pattern, other) for other in (*forged, later))


def test_there_are_no_other_rules() -> None:
    known = sum(len(patterns_of(subscriber)) for subscriber in SUBSCRIBERS)
    assert sum(len(rule_patterns(service)) for service in SERVICES) == known
