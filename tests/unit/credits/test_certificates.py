"""Registering and confirming certificates; holds are released by themselves."""

from datetime import date

import pytest

from services.credits.app.certificates.confirm_certificate import Confirmation, confirm_certificate
from services.credits.domain.balances import open_holds
from services.credits.domain.certificates import Certificate, State
from services.credits.domain.ledger import Kind
from services.kit.audit import AuditRecord
from services.kit.call import Call
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from tests.unit.credits.world import ADMINISTRATOR, AFP, CFP, CTP, LEARNER, Crash, World, completed


def test_a_registration_is_not_a_confirmation() -> None:
    w = World()
    certificate = w.register(AFP)
    assert (certificate.state, certificate.revision) == (State.REGISTERED, 1)
    assert w.certificates() == {AFP: certificate}


def test_the_same_registration_again_changes_nothing() -> None:
    w = World()
    first = w.register(AFP)
    before = w.state()
    w.clock.advance(1000)
    assert w.register(AFP) == first
    assert w.state() == before


def test_a_correction_is_a_revision_of_its_own_and_the_earlier_one_stays() -> None:
    w = World()
    first = w.register(AFP)
    second = w.register(AFP, start=date(2025, 7, 1))
    revisions = w.store.query(f"LEARNER#{LEARNER}", "CERT#AFP#", Certificate)
    assert [stored.value for stored in revisions] == [first, second]
    assert w.certificates() == {AFP: second}


def test_a_confirmed_certificate_cannot_be_moved() -> None:
    w = World()
    w.certify(AFP)
    before = w.state()
    with pytest.raises(Problem, match="CERTIFICATE_ALREADY_CONFIRMED"):
        w.register(AFP, start=date(2024, 7, 1))
    w.register(AFP)
    assert w.state() == before


@pytest.mark.parametrize("start", [date(2019, 12, 31), date(2026, 1, 6)])
def test_a_period_start_out_of_range(start: date) -> None:
    w = World()
    with pytest.raises(Problem) as refused:
        w.register(AFP, start=start)
    assert refused.value.body()["earliest"] == "2020-01-01"
    assert refused.value.body()["latest"] == "2026-01-05"
    assert w.state() == ({}, 0)


def test_today_is_the_day_in_shanghai() -> None:
    w = World()
    w.clock.advance(12 * 3600 * 1000)
    assert w.register(AFP, start=date(2026, 1, 6)).period_start == date(2026, 1, 6)


def test_a_confirmation_is_audited_and_published() -> None:
    w = World()
    w.register(AFP)
    certificate = w.confirm(AFP)
    assert (certificate.state, certificate.revision, certificate.by) == (State.CONFIRMED, 2, ADMINISTRATOR.id)
    (audit,) = w.store.query("AUDIT#2026-01", "", AuditRecord)
    assert audit.value.actor == ADMINISTRATOR.id
    assert audit.value.subject == f"{LEARNER}/AFP/2"
    assert audit.value.reason == "certificate seen"
    (event,) = w.sent("credits.certificate_confirmed.v1")
    assert event.data["period_start"] == "2025-01-01"
    assert event.correlation_id == "request-2"


def test_a_confirmation_again_changes_nothing() -> None:
    w = World()
    w.certify(AFP)
    before = w.state()
    w.confirm(AFP)
    assert w.state() == before


def test_what_is_not_registered_is_not_confirmed() -> None:
    w = World()
    w.register(CFP)
    before = w.state()
    with pytest.raises(Problem, match="CERTIFICATE_NOT_FOUND"):
        w.confirm(AFP)
    assert w.state() == before


def test_what_changed_since_it_was_looked_at_is_not_confirmed() -> None:
    w = World()
    seen = w.register(AFP)
    w.register(AFP, start=date(2024, 1, 1))
    with pytest.raises(Problem, match="CERTIFICATE_CHANGED"):
        w.confirm(AFP, revision=seen.revision)
    assert w.confirm(AFP, revision=2).confirmed


def test_nobody_confirms_their_own() -> None:
    w = World()
    w.register(AFP)
    both = Principal(LEARNER, frozenset({Role.ADMINISTRATOR, Role.LEARNER}))
    with pytest.raises(Problem, match="OWN_CERTIFICATE"):
        confirm_certificate(w.ctx, Call(both, "request-9"), Confirmation(LEARNER, AFP, "mine"))


def test_held_hours_are_released_by_the_confirmation() -> None:
    w = World()
    w.publish(eligible=["AFP", "CFP"])
    w.deliver(completed("w1"))
    w.register(AFP)
    w.name()
    w.publish("course-2", content="lecture-2", eligible=["AFP"])
    w.deliver(completed("w2", "course-2"))
    w.confirm(AFP)
    assert w.outline() == [
        "hold AFP 1.5 NO_CERTIFICATE",
        "hold CFP 1.5 NO_CERTIFICATE",
        "hold AFP 1.5 CERTIFICATE_NOT_CONFIRMED",
        "release AFP 1.5 CERTIFICATE_CONFIRMED",
        "award AFP 1.5 COMPLETED",
        "release AFP 1.5 CERTIFICATE_CONFIRMED",
        "award AFP 1.5 COMPLETED",
    ]
    assert [e.settles for e in w.entries() if e.kind is Kind.RELEASE] == [1, 3]
    assert len(w.sent("credits.hours_awarded.v1")) == 2


def test_two_held_watches_of_the_same_lecture_are_one_award() -> None:
    w = World()
    w.publish(eligible=["AFP"])
    w.deliver(completed("w1"))
    w.deliver(completed("w2"))
    w.certify(AFP)
    assert w.outline()[2:] == [
        "release AFP 1.5 CERTIFICATE_CONFIRMED",
        "award AFP 1.5 COMPLETED",
        "release AFP 1.5 CERTIFICATE_CONFIRMED",
        "declined AFP 0 ALREADY_AWARDED_IN_PERIOD",
    ]


def test_a_release_uses_what_the_hold_recorded_not_a_later_publication() -> None:
    w = World()
    w.publish(eligible=["AFP"])
    w.deliver(completed())
    w.publish(hours="9", sequence=2, eligible=["CTP"])
    w.certify(AFP)
    assert w.outline()[-1] == "award AFP 1.5 COMPLETED"


def held(count: int) -> World:
    w = World()
    for i in range(count):
        w.publish(f"c{i}", content=f"lecture-{i}", eligible=["AFP"])
        w.deliver(completed(f"w{i}", f"c{i}"))
    w.name()
    w.register(AFP)
    return w


def test_more_holds_than_one_transaction_takes() -> None:
    w = held(45)
    w.confirm(AFP)
    assert len(open_holds(w.entries())) == 29
    (told,) = w.sent("credits.certificate_confirmed.v1")
    w.deliver(told)
    w.deliver(told)
    assert open_holds(w.entries()) == []
    assert len(w.sent("credits.hours_awarded.v1")) == 45
    assert w.verdict().faults == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_between_two_release_transactions(moment: str) -> None:
    w = held(45)
    w.confirm(AFP)
    (told,) = w.sent("credits.certificate_confirmed.v1")
    w.store.crash = moment
    with pytest.raises(Crash):
        w.deliver(told)
    w.deliver(told)
    assert open_holds(w.entries()) == []
    assert sum(e.kind is Kind.AWARD for e in w.entries()) == 45
    assert len(w.sent("credits.hours_awarded.v1")) == 45


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_around_the_confirmation(moment: str) -> None:
    w = held(3)
    w.store.crash = moment
    with pytest.raises(Crash):
        w.confirm(AFP)
    assert len(open_holds(w.entries())) == (3 if moment == "before" else 0)
    w.confirm(AFP)
    assert open_holds(w.entries()) == []
    assert len(w.store.query("AUDIT#2026-01", "", AuditRecord)) == 1


def test_a_forged_confirmation_event_releases_nothing() -> None:
    w = held(1)
    told = World()
    told.certify(AFP)
    (event,) = told.sent("credits.certificate_confirmed.v1")
    before = w.state()
    w.deliver(event)
    assert w.state() == before


def test_ctp_can_be_confirmed_without_figures() -> None:
    w = World()
    w.certify(CTP)
    assert w.certificates()[CTP].confirmed
