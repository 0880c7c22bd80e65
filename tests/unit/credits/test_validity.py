"""A certificate's validity: days that are only ever added; what is completed outside them waits for a renewal."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from services.credits.app.certificates.items import CERTIFICATES
from services.credits.app.ledger.items import learner_pk
from services.credits.domain.certificates import Certificate
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Kind
from services.credits.domain.periods import Period
from services.credits.handlers.http import build_api
from services.kit.audit import AuditRecord
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from tests.gateway import claims, origin_secret, request, send
from tests.unit.credits.world import ADMINISTRATOR, AFP, BEIJING, CFP, LEARNER, Crash, World, completed

LAST = date(2026, 2, 28)
NEXT_DAY = date(2026, 3, 1)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=BEIJING)
TICK = timedelta(milliseconds=1)


def a_world() -> World:
    """An AFP certificate that is valid from 2025 to the last of February 2026, and a course."""
    w = World()
    w.name()
    w.register(until=LAST)
    w.confirm()
    w.publish(eligible=["AFP"])
    return w


def refused(w: World, call: Callable[[], object]) -> str:
    """The code of a refusal that changes nothing."""
    before = w.state()
    with pytest.raises(Problem) as caught:
        call()
    assert w.state() == before
    return caught.value.type.code


def test_the_last_day_counts_to_its_last_moment_in_shanghai() -> None:
    w = a_world()
    w.publish("other", content="other", eligible=["AFP"])
    w.deliver(completed("w1", at=MIDNIGHT - TICK))
    w.deliver(completed("w2", "other", at=MIDNIGHT))
    assert w.outline() == ["award AFP 1.5 COMPLETED", "hold AFP 1.5 CERTIFICATE_EXPIRED"]


def test_a_renewal_that_covers_the_day_releases_what_waited() -> None:
    w = a_world()
    w.deliver(completed(at=MIDNIGHT))
    w.renew(NEXT_DAY, date(2028, 2, 29))
    assert w.outline()[1:] == ["release AFP 1.5 CERTIFICATE_RENEWED", "award AFP 1.5 COMPLETED"]
    assert w.verdict().faults == []


def test_a_renewal_that_begins_later_leaves_the_gap_waiting() -> None:
    w = a_world()
    w.deliver(completed(at=MIDNIGHT))
    w.renew(NEXT_DAY + timedelta(days=1), date(2028, 2, 29))
    assert w.outline() == ["hold AFP 1.5 CERTIFICATE_EXPIRED"]


def test_what_was_awarded_stays_where_it_is_whatever_is_recorded_then() -> None:
    w = World()
    w.certify(AFP)
    w.publish(eligible=["AFP"])
    w.deliver(completed(at=datetime(2025, 6, 1, 12, tzinfo=BEIJING)))
    before = w.entries()
    w.renew(date(2026, 1, 1), LAST)
    assert w.entries() == before


def test_where_nobody_has_said_it_is_taken_for_valid() -> None:
    w = World()
    w.certify(AFP)
    w.publish(eligible=["AFP"])
    w.deliver(completed(at=datetime(2045, 6, 1, tzinfo=BEIJING)))
    assert w.outline() == ["award AFP 1.5 COMPLETED"]


def test_every_revision_stays_and_days_are_only_added() -> None:
    w = a_world()
    w.renew(NEXT_DAY, date(2028, 2, 29))
    spans = (Period(date(2025, 1, 1), LAST), Period(NEXT_DAY, date(2028, 2, 29)))
    found = [stored.value for stored in w.store.query(learner_pk(LEARNER), CERTIFICATES, Certificate)]
    assert [(c.revision, c.state, c.validity) for c in found] == [
        (1, "registered", spans[:1]),
        (2, "confirmed", spans[:1]),
        (3, "confirmed", spans),
    ]
    (audit,) = [
        item.value
        for item in w.store.query("AUDIT#2026-01", "", AuditRecord)
        if item.value.action == "renew_certificate"
    ]
    assert (audit.actor, audit.subject, audit.reason) == (ADMINISTRATOR.id, f"{LEARNER}/AFP/3", "renewal seen")


def test_the_same_renewal_again_and_the_same_registration_again_change_nothing() -> None:
    w = a_world()
    w.renew(NEXT_DAY, date(2028, 2, 29))
    before = w.state()
    w.renew(NEXT_DAY, date(2028, 2, 29))
    w.register(until=LAST)
    w.register()
    assert w.state() == before


def test_the_learner_may_correct_it_until_it_is_confirmed_and_never_move_it_after() -> None:
    w = World()
    w.register(until=LAST)
    assert w.register(until=NEXT_DAY).validity == (Period(date(2025, 1, 1), NEXT_DAY),)
    assert w.register().validity == ()
    w.confirm()
    assert refused(w, lambda: w.register(until=NEXT_DAY)) == "CERTIFICATE_ALREADY_CONFIRMED"


def test_refusals_change_nothing() -> None:
    w = a_world()
    w.register(CFP)
    learner_too = Principal(LEARNER, frozenset({Role.ADMINISTRATOR}))
    assert refused(w, lambda: w.renew(NEXT_DAY, LAST)) == "VALIDITY_IMPLAUSIBLE"
    assert refused(w, lambda: w.register(CFP, until=date(2024, 12, 31))) == "VALIDITY_IMPLAUSIBLE"
    assert refused(w, lambda: w.renew(NEXT_DAY, NEXT_DAY, CFP)) == "CERTIFICATE_NOT_CONFIRMED"
    assert refused(w, lambda: w.renew(NEXT_DAY, NEXT_DAY, learner=LearnerId("nobody"))) == "CERTIFICATE_NOT_FOUND"
    assert refused(w, lambda: w.renew(NEXT_DAY, NEXT_DAY, revision=1)) == "CERTIFICATE_CHANGED"
    assert refused(w, lambda: w.renew(NEXT_DAY, NEXT_DAY, by=learner_too)) == "OWN_CERTIFICATE"


@pytest.mark.parametrize("crash", ["before", "after"])
def test_a_crash_renews_once(crash: str) -> None:
    w = a_world()
    w.deliver(completed(at=MIDNIGHT))
    w.store.crash = crash
    with pytest.raises(Crash):
        w.renew(NEXT_DAY, date(2028, 2, 29))
    w.renew(NEXT_DAY, date(2028, 2, 29))
    assert [entry.kind for entry in w.entries()] == ["hold", "release", "award"]


def test_the_renewals_event_releases_what_was_too_much_for_one_transaction() -> None:
    w = a_world()
    for number in range(20):
        w.publish(f"c{number}", content=f"c{number}", eligible=["AFP"])
        w.deliver(completed(f"w{number}", f"c{number}", at=MIDNIGHT))
    w.renew(NEXT_DAY, date(2028, 2, 29))
    assert [e.kind for e in w.entries()].count(Kind.AWARD) == 16
    w.deliver(w.sent("credits.certificate_confirmed.v1")[-1])
    assert [e.kind for e in w.entries()].count(Kind.AWARD) == 20


def test_over_http() -> None:
    w = a_world()
    api = build_api(w.ctx, origin_secret)
    path = f"/v1/credits/learners/{LEARNER}/certificates/AFP/renewals"
    body = {"valid_from": "2026-03-01", "valid_until": "2028-02-29", "reason": "renewal seen", "revision": 2}
    answer = send(api, request("POST", path, body, who=claims(ADMINISTRATOR.id, "administrator")))
    assert answer.status == 200, answer.body
    assert answer.body["validity"] == [
        {"start": "2025-01-01", "end": "2026-02-28"},
        {"start": "2026-03-01", "end": "2028-02-29"},
    ]
    (known,) = send(api, request("GET", "/v1/credits/certificates", who=claims(LEARNER, "learner"))).body[
        "certificates"
    ]
    assert known == {
        **answer.body,
        "name": "张三",
        "proof": None,
        "waits_since": None,
        "returned": None,
        "picture_sent_at": None,
    }
    for role in ("learner", "reviewer", "auditor"):
        assert send(api, request("POST", path, body, who=claims("somebody", role))).status == 403
