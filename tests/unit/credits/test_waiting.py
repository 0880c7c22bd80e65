"""Certificates that wait for an administrator: who waits, who is told what, and what of it an erasure takes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.credits.app.certificates.bind_earlier import bind_earlier
from services.credits.app.certificates.confirm_certificate import Confirmation, confirm_certificate
from services.credits.app.certificates.items import CertificateHolder, holder_key, read_holder
from services.credits.app.certificates.return_certificate import Return, return_certificate
from services.credits.app.certificates.waiting import QUEUE, WaitingCertificate, read_waiting
from services.credits.app.context import ErasureContext
from services.credits.app.erasure.erase_person import erase_person
from services.credits.app.erasure.finish_erasure import finish_erasure
from services.credits.app.notices.inbox import read_inbox
from services.credits.app.texts.notices import text_of
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.handlers.http import build_api
from services.credits.handlers.notices import event_handlers
from services.kit.audit import AuditRecord
from services.kit.call import Call
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from services.kit.store import Change
from services.kit.store.shards import shards_of
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.test_erasure import Users
from tests.unit.credits.world import ADMINISTRATOR, AFP, CFP, LEARNER, OTHER, World

QUEUE_PATH = "/v1/credits/certificate-queue"
RETURN_PATH = f"/v1/credits/learners/{LEARNER}/certificates/AFP/return"
WHY = "the number does not exist"


def give_back(
    w: World, revision: int = 1, by: Principal = ADMINISTRATOR, reason: str = WHY, learner: LearnerId = LEARNER
) -> Certificate:
    """An administrator returns a certificate."""
    return return_certificate(w.ctx, Call(by, "request-7"), Return(learner, AFP, reason, revision))


def waiting(w: World) -> list[tuple[LearnerId, Credential]]:
    """Who waits, in the list's order."""
    page = read_waiting(w.store, None, 50)
    return [(one.learner_id, one.claim.certificate.credential) for one in page.items]


def listed(w: World) -> int:
    """How many items the list has, whether or not they are passed over."""
    return sum(len(w.store.query(pk, "", WaitingCertificate)) for pk in shards_of(QUEUE))


def ask(w: World, method: str, path: str, who: dict[str, str], body: object = None) -> Answer:
    """A call over HTTP."""
    return send(build_api(w.ctx, origin_secret), request(method, path, body, who=who))


def staff() -> dict[str, str]:
    """An administrator's claims."""
    return claims(ADMINISTRATOR.id, "administrator")


def told(w: World) -> list[str]:
    """The titles in the learner's inbox, however often each event is delivered."""
    handlers = event_handlers(w.notices)
    for event in [*w.store.outbox] * 2:
        if event.type in handlers:
            handlers[event.type](event)
    notices = read_inbox(w.store, LEARNER, None, 50).notices.items
    return [text_of(notice.told).title.zh for notice in notices]


def test_who_has_waited_longest_comes_first_and_a_correction_keeps_the_place() -> None:
    w = World()
    w.register(CFP, OTHER)
    w.clock.advance(1000)
    w.register(AFP)
    w.clock.advance(1000)
    w.register(CFP, OTHER, number="C-1", proof="listed on the body's site")
    assert waiting(w) == [(OTHER, CFP), (LEARNER, AFP)]
    assert listed(w) == 2


def test_a_confirmation_ends_it() -> None:
    w = World()
    w.certify(AFP)
    assert (waiting(w), listed(w)) == ([], 0)
    holder = w.store.get(holder_key(LEARNER, AFP), CertificateHolder)
    assert holder is not None
    assert holder.value.waits_since is None


def test_a_returned_one_waits_for_its_learner_who_may_send_the_same_again() -> None:
    w = World()
    w.register(AFP)
    give_back(w)
    assert (waiting(w), listed(w)) == ([], 0)
    assert (
        ask(w, "GET", "/v1/credits/certificates", claims(LEARNER, "learner")).body["certificates"][0]["returned"] == WHY
    )
    w.clock.advance(1000)
    again = w.register(AFP)
    assert again.revision == 2
    assert waiting(w) == [(LEARNER, AFP)]
    own = ask(w, "GET", "/v1/credits/certificates", claims(LEARNER, "learner")).body["certificates"][0]
    assert own["returned"] is None
    before = w.state()
    w.register(AFP)
    assert w.state() == before


def test_returned_again_changes_nothing() -> None:
    w = World()
    w.register(AFP)
    give_back(w)
    before = w.state()
    give_back(w, reason="another one")
    assert w.state() == before
    (audit,) = w.store.query("AUDIT#2026-01", "", AuditRecord)
    assert (audit.value.action, audit.value.reason) == ("return_certificate", WHY)


def test_what_cannot_be_returned() -> None:
    w = World()
    with pytest.raises(Problem, match="CERTIFICATE_NOT_FOUND"):
        give_back(w)
    w.register(AFP)
    with pytest.raises(Problem, match="CERTIFICATE_CHANGED"):
        give_back(w, revision=2)
    both = Principal(LEARNER, frozenset({Role.ADMINISTRATOR, Role.LEARNER}))
    with pytest.raises(Problem, match="OWN_CERTIFICATE"):
        give_back(w, by=both)
    w.confirm(AFP)
    with pytest.raises(Problem, match="CERTIFICATE_ALREADY_CONFIRMED"):
        give_back(w, revision=2)


def test_learners_are_told_once_of_a_return_and_of_the_first_confirmation() -> None:
    w = World()
    w.name()
    w.register(AFP)
    give_back(w)
    assert told(w) == ["AFP 证书暂未确认，请更正或补充"]
    w.clock.advance(1000)
    w.register(AFP, proof="see the body's list")
    w.confirm(AFP)
    w.clock.advance(1000)
    today = (w.clock.now() + timedelta(hours=8)).date()
    w.renew(today, today + timedelta(days=700))
    assert told(w) == ["AFP 证书已确认", "AFP 证书暂未确认，请更正或补充"]


def test_an_item_that_older_code_left_is_passed_over() -> None:
    w = World()
    certificate = w.register(AFP)
    left = {key: item for key, item in w.store.items.items() if key.pk.startswith(QUEUE)}
    confirm_certificate(w.ctx, Call(ADMINISTRATOR, "request-2"), Confirmation(LEARNER, AFP, "seen"))
    w.store.items.update(left)
    # It knows nothing of the list, and carries on what it does not know of the holder.
    holder = read_holder(w.store, LEARNER, AFP)
    w.store.commit(Change([holder.put(replace(holder.value, waits_since=certificate.at))]))
    assert (waiting(w), listed(w)) == ([], 1)


def test_an_erasure_takes_it_out() -> None:
    w = World()
    w.register(AFP)
    erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked by mail")
    (event,) = w.sent("credits.person_erased.v1")
    finish_erasure(ErasureContext(*w.ports, Users(), w.pictures), event)
    assert (waiting(w), listed(w)) == ([], 0)


def test_pages_go_on_where_they_ended() -> None:
    w = World()
    people = [LearnerId(f"learner-{number}") for number in range(7)]
    for person in people:
        w.clock.advance(1000)
        w.register(AFP, person)
    seen, after = [], ""
    while after is not None:
        page = ask(
            w, "GET", f"{QUEUE_PATH}?limit=3&after={after.replace('+', '%2B').replace('#', '%23')}", staff()
        ).body
        seen += [one["learner_id"] for one in page["certificates"]]
        after = page["after"]
    assert seen == people


def test_whoever_decides_sees_what_there_is_to_look_at() -> None:
    w = World()
    w.name()
    w.register(AFP, proof="listed as no. 7")
    (row,) = ask(w, "GET", QUEUE_PATH, staff()).body["certificates"]
    assert (row["number"], row["real_name"], row["proof"], row["revision"]) == ("N-001", "张三", "listed as no. 7", 1)
    assert row["waits_since"] == "2026-01-05T04:00:00Z"
    assert ask(w, "POST", RETURN_PATH, staff(), {"reason": WHY, "revision": 1}).status == 200
    assert ask(w, "GET", QUEUE_PATH, staff()).body == {"certificates": [], "after": None}


@pytest.mark.parametrize("role", ["learner", "auditor", "reviewer", "finance"])
def test_nobody_else_looks_or_decides(role: str) -> None:
    w = World()
    w.register(AFP)
    who = claims("somebody", role)
    assert ask(w, "GET", QUEUE_PATH, who).code == "WRONG_ROLE"
    assert ask(w, "POST", RETURN_PATH, who, {"reason": WHY, "revision": 1}).code == "WRONG_ROLE"


def test_what_the_last_release_registered_is_put_into_the_list_once() -> None:
    w = World()
    w.register(AFP)
    w.register(CFP)
    give_back(w)
    w.certify(AFP, learner=OTHER)
    for pk in shards_of(QUEUE):
        for found in w.store.query(pk, "", WaitingCertificate):
            w.store.commit(Change([found.remove()]))
    holder = read_holder(w.store, LEARNER, CFP)
    w.store.commit(Change([holder.put(replace(holder.value, waits_since=None))]))
    assert waiting(w) == []
    for _ in range(2):
        list(bind_earlier(w.ctx, [LEARNER, OTHER]))
        assert (waiting(w), listed(w)) == ([(LEARNER, CFP)], 1)
