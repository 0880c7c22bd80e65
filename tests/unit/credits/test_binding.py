"""Names and numbers bind to a person: documents take the confirmed name, and a number is one person's for good."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.credits.app.certificates.bind_earlier import LooseCertificate, bind_earlier
from services.credits.app.certificates.correct_certificate import Correction, correct_certificate
from services.credits.app.certificates.items import HOLDERS, confirmed_name
from services.credits.app.erasure.erase_person import erase_person
from services.credits.app.verification.verify_attestation import check_name
from services.credits.domain.certificates import Certificate
from services.credits.domain.review import Standing
from services.credits.handlers.http import build_api
from services.kit.audit import AuditRecord
from services.kit.call import Call
from services.kit.identity import Principal
from services.kit.problems import Problem
from services.kit.store import Change
from tests.gateway import claims, origin_secret, request, send
from tests.unit.credits.documents_world import NAME, Desk
from tests.unit.credits.world import ADMINISTRATOR, AFP, CFP, LEARNER, OTHER, World, completed

ANOTHER = "王小明"
CLAIM = f"/v1/credits/learners/{LEARNER}/certificates/AFP/claim"
CONFIRMATION = f"/v1/credits/learners/{LEARNER}/certificates/AFP/confirmation"
CORRECTION = f"/v1/credits/learners/{LEARNER}/certificates/AFP/correction"
ADMINISTERING = claims(ADMINISTRATOR.id, "administrator")


def code_of(call: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.type.code


def correct(w: World, by: Principal = ADMINISTRATOR, revision: int = 2, **said: Any) -> Certificate:
    """An administrator corrects."""
    wanted = Correction(LEARNER, AFP, "typing error", revision, **said)
    return correct_certificate(w.ctx, Call(by, "request-8"), wanted)


def test_a_certificate_taken_under_another_name_still_names_who_was_confirmed() -> None:
    desk = Desk()
    award = desk.award()
    desk.world.name(real_name=ANOTHER)
    issued = desk.issue(award)
    desk.world.name(real_name=NAME)
    code = issued.attestation.code
    assert check_name(desk.world.store, code, NAME)
    assert not check_name(desk.world.store, code, ANOTHER)


def test_a_change_of_name_is_confirmed_and_older_documents_survive_it() -> None:
    desk = Desk()
    first = desk.issue(desk.award())
    desk.world.name(real_name=ANOTHER)
    assert desk.world.confirm(AFP).revision == 3
    second = desk.issue(desk.award("watch-2", "course-2"))
    store = desk.world.store
    assert (check_name(store, first.attestation.code, NAME), check_name(store, first.attestation.code, ANOTHER)) == (
        True,
        False,
    )
    assert check_name(store, second.attestation.code, ANOTHER)
    assert confirmed_name(store, LEARNER) == ANOTHER
    before = desk.world.state()
    desk.world.confirm(AFP)
    assert desk.world.state() == before


def test_a_name_that_came_after_the_confirmation_waits_for_one_too() -> None:
    desk = Desk()
    desk.world.name(real_name=None)
    desk.world.register(AFP)
    desk.world.confirm(AFP)
    desk.world.name(real_name=NAME)
    award = desk.award()
    assert code_of(lambda: desk.issue(award)) == "NAME_NOT_CONFIRMED"
    desk.world.confirm(AFP)
    assert check_name(desk.world.store, desk.issue(award).attestation.code, NAME)


def test_a_name_that_changed_since_it_was_looked_at_is_not_confirmed() -> None:
    w = World()
    api = build_api(w.ctx, origin_secret)
    w.name()
    w.register(AFP, proof="名单见认证机构网站")
    seen = send(api, request("GET", CLAIM, who=ADMINISTERING)).body
    assert (seen["real_name"], seen["number"], seen["proof"], seen["name"]) == (
        "张三",
        "N-001",
        "名单见认证机构网站",
        None,
    )
    w.name(real_name=ANOTHER)
    body = {"reason": "seen", "revision": seen["revision"], "name": seen["real_name"]}
    assert send(api, request("POST", CONFIRMATION, body, who=ADMINISTERING)).code == "CERTIFICATE_CHANGED"
    body["name"] = ANOTHER
    assert send(api, request("POST", CONFIRMATION, body, who=ADMINISTERING)).status == 200
    assert send(api, request("GET", CLAIM, who=ADMINISTERING)).body["name"] == ANOTHER
    for role in ("learner", "auditor", "reviewer", "records"):
        assert send(api, request("GET", CLAIM, who=claims("somebody", role))).status == 403


def test_what_is_said_as_proof_is_changed_until_the_confirmation() -> None:
    w = World()
    w.register(AFP, proof="one")
    assert w.register(AFP, proof="two").revision == 2
    assert w.register(AFP, proof="two").revision == 2
    assert w.register(AFP).revision == 2


@pytest.mark.parametrize("written", ["AFP-000123", "afp000123", "AFP000-123"])
def test_a_number_is_one_persons(written: str) -> None:
    w = World()
    w.register(AFP, number="AFP-000123")
    w.register(AFP, OTHER, number=written)
    w.confirm(AFP)
    assert code_of(lambda: w.confirm(AFP, OTHER)) == "NUMBER_TAKEN"
    w.register(AFP, OTHER, number="AFP-000124")
    before = w.state()
    assert code_of(lambda: w.register(AFP, OTHER, number=written)) == "NUMBER_TAKEN"
    assert w.state() == before
    w.register(CFP, OTHER, number=written)
    assert w.confirm(AFP, OTHER).confirmed


def test_the_number_itself_is_not_kept_with_whose_it_is() -> None:
    w = World()
    w.register(AFP, number="AFP000123")
    w.confirm(AFP)
    (kept,) = [(key, text) for key, (_, text) in w.store.items.items() if key.pk.startswith("NUMBER#")]
    assert "000123" not in f"{kept}"


def test_who_was_erased_does_not_begin_anew_with_the_same_number() -> None:
    w = World()
    w.register(AFP, number="AFP-000123")
    w.confirm(AFP)
    erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    assert code_of(lambda: w.register(AFP, OTHER, number="AFP-000123")) == "NUMBER_TAKEN"


def test_a_number_stays_bound_when_keys_are_rotated() -> None:
    w = World()
    w.register(AFP, number="AFP-000123")
    w.confirm(AFP)
    w.ring["k2"] = "two" * 20
    w.ring["current"] = "k2"
    assert code_of(lambda: w.register(AFP, OTHER, number="AFP-000123")) == "NUMBER_TAKEN"


def as_release_1_left_it(w: World) -> None:
    """No number is bound, and no name is confirmed."""
    for key in [key for key in w.store.items if key.pk.startswith("NUMBER#") or key.sk.startswith(HOLDERS)]:
        del w.store.items[key]


def test_numbers_that_release_1_confirmed_are_bound_once_and_missing_names_are_listed() -> None:
    w = World()
    w.certify(AFP, CFP)
    as_release_1_left_it(w)
    w.register(AFP, OTHER, number="OTHER-1")
    expected = [LooseCertificate(LEARNER, credential, False, True) for credential in (AFP, CFP)]
    assert list(bind_earlier(w.ctx, [LEARNER, OTHER])) == expected
    before = w.state()
    assert list(bind_earlier(w.ctx, [LEARNER, OTHER])) == expected
    assert w.state() == before
    number = w.certificates()[AFP].number
    assert code_of(lambda: w.register(AFP, OTHER, number=number)) == "NUMBER_TAKEN"
    w.confirm(AFP)
    w.confirm(CFP)
    assert list(bind_earlier(w.ctx, [LEARNER, OTHER])) == []


def test_a_number_that_another_was_confirmed_with_since_is_named() -> None:
    w = World()
    w.certify(AFP)
    as_release_1_left_it(w)
    w.register(AFP, OTHER, number=w.certificates()[AFP].number)
    w.confirm(AFP, OTHER)
    assert [loose.number_taken for loose in bind_earlier(w.ctx, [LEARNER])] == [True]


def test_an_erasure_in_the_moment_of_binding_binds_nothing() -> None:
    w = World()
    w.certify(AFP)
    as_release_1_left_it(w)
    commit = w.store.commit

    def overtaken(change: Change) -> None:
        w.store.commit = commit  # type: ignore[method-assign]
        erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
        commit(change)

    w.store.commit = overtaken  # type: ignore[method-assign]
    list(bind_earlier(w.ctx, [LEARNER]))
    assert not [key for key in w.store.items if key.pk.startswith("NUMBER#")]
    assert list(bind_earlier(w.ctx, [LEARNER])) == []


def test_of_two_that_are_confirmed_side_by_side_one_is_refused() -> None:
    w = World()
    for learner in (LEARNER, OTHER):
        w.register(AFP, learner, number="AFP-000123")
    commit = w.store.commit

    def overtaken(change: Change) -> None:
        w.store.commit = commit  # type: ignore[method-assign]
        w.confirm(AFP, OTHER)
        commit(change)

    w.store.commit = overtaken  # type: ignore[method-assign]
    assert code_of(lambda: w.confirm(AFP)) == "NUMBER_TAKEN"
    assert not w.certificates()[AFP].confirmed


def test_a_confirmed_number_is_corrected_by_a_dated_act_and_the_wrong_one_is_free_again() -> None:
    w = World()
    w.register(AFP, number="AFP-000132")
    w.confirm(AFP)
    w.clock.advance(86_400_000)
    corrected = correct(w, number="AFP-000123")
    assert (corrected.revision, corrected.number, corrected.at) == (3, "AFP-000123", w.clock.now())
    revisions = w.store.query(f"LEARNER#{LEARNER}", "CERT#AFP#", Certificate)
    assert [stored.value.number for stored in revisions] == ["AFP-000132", "AFP-000132", "AFP-000123"]
    audit = w.store.query("AUDIT#2026-01", "", AuditRecord)[-1].value
    assert (audit.action, audit.subject, audit.reason) == ("correct_certificate", f"{LEARNER}/AFP/3", "typing error")
    before = w.state()
    assert correct(w, number="AFP-000123") == corrected
    assert w.state() == before
    assert code_of(lambda: w.register(AFP, OTHER, number="AFP-000123")) == "NUMBER_TAKEN"
    w.register(AFP, OTHER, number="AFP-000132")
    assert w.confirm(AFP, OTHER).confirmed


def test_written_another_way_a_number_stays_bound() -> None:
    w = World()
    w.register(AFP, number="AFP-000123")
    w.confirm(AFP)
    assert correct(w, number="AFP000123").number == "AFP000123"
    assert code_of(lambda: w.register(AFP, OTHER, number="AFP-000123")) == "NUMBER_TAKEN"


def test_the_first_day_is_corrected_while_no_hours_stand() -> None:
    w = World()
    w.certify(AFP)
    assert correct(w, period_start=date(2025, 7, 1)).period_start == date(2025, 7, 1)
    w.publish(eligible=["AFP"])
    w.deliver(completed())
    before = w.state()
    assert code_of(lambda: correct(w, revision=3, period_start=date(2025, 1, 1))) == "HOURS_STAND"
    assert w.state() == before
    w.review(1, Standing.VOID)
    assert correct(w, revision=3, period_start=date(2025, 1, 1)).revision == 4


def test_corrections_that_are_refused_change_nothing() -> None:
    w = World()
    w.certify(AFP)
    w.register(CFP)
    w.register(AFP, OTHER, number="AFP-9")
    w.confirm(AFP, OTHER)
    before = w.state()
    assert code_of(lambda: correct(w, revision=1, number="AFP-8")) == "CERTIFICATE_CHANGED"
    assert code_of(lambda: correct(w, number="AFP-9")) == "NUMBER_TAKEN"
    assert code_of(lambda: correct(w, period_start=date(2026, 1, 6))) == "PERIOD_START_OUT_OF_RANGE"
    assert code_of(lambda: correct(w, by=Principal(LEARNER, ADMINISTRATOR.roles), number="AFP-8")) == "OWN_CERTIFICATE"
    unconfirmed = Correction(LEARNER, CFP, "typing error", 1, "CFP-8")
    call = Call(ADMINISTRATOR, "request-8")
    assert code_of(lambda: correct_certificate(w.ctx, call, unconfirmed)) == "CERTIFICATE_NOT_CONFIRMED"
    assert w.state() == before


def test_a_correction_over_http() -> None:
    w = World()
    w.certify(AFP)
    api = build_api(w.ctx, origin_secret)
    body = {"number": "AFP-000123", "reason": "typing error", "revision": 2}
    answer = send(api, request("POST", CORRECTION, body, who=ADMINISTERING))
    assert (answer.status, answer.body["number"], answer.body["state"]) == (200, "AFP-000123", "confirmed")
    assert send(api, request("POST", CORRECTION, body, who=claims("somebody", "reviewer"))).status == 403
    erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    body |= {"number": "AFP-000124", "revision": 3}
    assert send(api, request("POST", CORRECTION, body, who=ADMINISTERING)).code == "PERSON_ERASED"
