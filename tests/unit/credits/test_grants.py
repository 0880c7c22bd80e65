"""Hours that an administrator enters: they count at once, say who and why, are told, declared and taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.credits.app.accounts.read_account import read_account
from services.credits.app.awarding.propose_grant import read_proposals
from services.credits.app.declarations.declare_hours import declare_hours
from services.credits.app.erasure.erase_person import erase_person
from services.credits.app.transcripts.transcript_csv import transcript_csv
from services.credits.domain.attestations import award_of
from services.credits.domain.credentials import Category
from services.credits.domain.ids import LearnerId
from services.credits.domain.review import Standing
from services.credits.handlers.http import build_api
from services.kit.audit import AuditRecord
from services.kit.call import Call
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from tests.gateway import claims, origin_secret, request, send
from tests.unit.credits.world import (
    ADMINISTRATOR,
    AFP,
    CFP,
    LEARNER,
    SECOND,
    Crash,
    World,
    completed,
    membership,
    own_call,
)

PATH = f"/v1/credits/learners/{LEARNER}/grants"
BODY = {
    "credential": "AFP",
    "hours": "1.50",
    "category": "compulsory",
    "title": "线下研讨会",
    "earned_on": "2026-01-04",
    "reason": "签到表已核对",
}


@pytest.fixture
def w() -> World:
    """A learner with a confirmed AFP certificate."""
    world = World()
    world.certify(AFP)
    return world


def code_of(call: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.type.code


def earned(w: World) -> Decimal:
    """In the period that runs."""
    return read_account(w.ctx, LEARNER).certificates[0].current.earned


def test_a_grant_counts_at_once_in_the_period_and_year_of_its_day(w: World) -> None:
    entry = w.grant("3", earned_on=date(2025, 12, 31), category=Category.COMPULSORY)
    current = read_account(w.ctx, LEARNER).certificates[0].current
    assert (current.earned, current.compulsory) == (Decimal(3), Decimal(3))
    assert [year.earned for year in current.years] == [Decimal(3), Decimal(0)]
    assert entry.period
    assert (entry.period.start, entry.note, entry.actor) == (date(2025, 1, 1), "签到表已核对", ADMINISTRATOR.id)
    assert w.verdict().faults == []


def test_it_is_in_the_audit_log_and_is_told(w: World) -> None:
    entry = w.grant()
    (audit,) = [
        item.value for item in w.store.query("AUDIT#2026-01", "", AuditRecord) if item.value.action == "grant_hours"
    ]
    assert (audit.actor, audit.subject, audit.reason) == (ADMINISTRATOR.id, f"{LEARNER}/{entry.number}", "签到表已核对")
    (told,) = w.sent("credits.hours_granted.v1")
    assert (told.subject, told.data["hours"], told.data["earned_on"]) == (entry.entry_id, "3", "2026-01-05")
    assert ADMINISTRATOR.id not in told.model_dump_json()


def test_the_same_request_again_answers_the_same_entry(w: World) -> None:
    first = w.grant(key="once")
    before = w.state()
    assert w.grant(key="once") == first
    assert w.state() == before
    assert code_of(lambda: w.grant("4", key="once")) == "IDEMPOTENCY_KEY_REUSED"
    assert code_of(lambda: w.grant(key="twice")) == "GRANT_REPEATED"
    assert earned(w) == 3


@pytest.mark.parametrize("crash", ["before", "after"])
def test_a_crash_enters_it_once(w: World, crash: str) -> None:
    w.store.crash = crash
    with pytest.raises(Crash):
        w.grant(key="once")
    w.grant(key="once")
    assert earned(w) == 3


def test_refusals_change_nothing(w: World) -> None:
    w.register(CFP)
    before = w.state()
    learner_too = Principal(LEARNER, frozenset({Role.ADMINISTRATOR}))
    assert code_of(lambda: w.grant(credential=CFP)) == "GRANT_NOT_CONFIRMED"
    assert code_of(lambda: w.grant(learner=LearnerId("nobody"))) == "GRANT_NOT_CONFIRMED"
    assert code_of(lambda: w.grant(earned_on=date(2026, 1, 6))) == "GRANT_OUTSIDE_PERIODS"
    assert code_of(lambda: w.grant(earned_on=date(2024, 12, 31))) == "GRANT_OUTSIDE_PERIODS"
    assert code_of(lambda: w.grant(by=learner_too)) == "OWN_AWARD"
    assert w.state() == before


def test_it_is_held_stands_again_and_is_taken_back_like_an_award(w: World) -> None:
    number = w.grant().number
    w.review(number, Standing.UNDER_REVIEW)
    assert earned(w) == 0
    w.review(number, Standing.STANDS)
    assert earned(w) == 3
    w.review(number, Standing.VOID, reason="签到表有误")
    assert earned(w) == 0
    assert w.outline()[-1] == "reversal AFP 3 REVIEW_VOIDED"
    (told,) = w.sent("credits.hours_reversed.v1")
    assert (told.data["watch_id"], told.data["award_entry_id"]) == ("", w.entries()[number - 1].entry_id)
    (gone,) = read_account(w.ctx, LEARNER).certificates[0].current.not_counted
    assert gone.note == "签到表有误"


def test_it_charges_no_quota_and_marks_no_lecture(w: World) -> None:
    w.deliver(membership(quota="1.5"))
    w.publish()
    w.grant("10")
    w.deliver(completed(period="m1"))
    assert w.outline()[:2] == ["grant AFP 10 ADMINISTRATIVE_GRANT", "award AFP 1.5 COMPLETED"]


def test_it_is_in_the_transcript_and_can_be_declared_but_not_certified_as_watched(w: World) -> None:
    entry = w.grant()
    text = transcript_csv(w.ctx, LEARNER).decode("utf-8-sig")
    assert "线下研讨会" in text
    assert "grant,AFP,2025-01-01,2026-12-31,3,3,elective,2026-01-05" in text
    (declared,) = declare_hours(w.ctx, own_call(LEARNER), AFP, date(2025, 1, 1))
    assert declared.declaration.hours == 3
    assert award_of(w.entries(), entry.entry_id) is None


def test_over_http(w: World) -> None:
    api = build_api(w.ctx, origin_secret)
    who = claims(ADMINISTRATOR.id, "administrator")
    answer = send(api, request("POST", PATH, BODY, who=who, idempotency_key="grant-request-0001"))
    assert answer.status == 201, answer.body
    assert answer.body["kind"] == "grant"
    assert (answer.body["hours"], answer.body["watch_id"], answer.body["note"]) == ("1.5", "", "签到表已核对")
    timeline = send(api, request("GET", "/v1/credits/timeline", who=claims(LEARNER, "learner"))).body["entries"]
    assert timeline == [answer.body]
    for role in ("learner", "reviewer", "auditor"):
        refused = send(
            api, request("POST", PATH, BODY, who=claims("somebody", role), idempotency_key="grant-request-0002")
        )
        assert refused.status == 403, role


@pytest.mark.parametrize("hours", ["0", "0.00", "-1", "100", "1.505", "1e1", "NaN", "", 3, None, "１"])
def test_hours_that_are_none_are_refused(w: World, hours: object) -> None:
    api, before = build_api(w.ctx, origin_secret), w.state()
    who = claims(ADMINISTRATOR.id, "administrator")
    answer = send(api, request("POST", PATH, {**BODY, "hours": hours}, who=who, idempotency_key="grant-request-0001"))
    assert answer.status == 400
    assert w.state() == before


def test_an_erased_person_is_granted_nothing(w: World) -> None:
    erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    before = w.state()
    assert code_of(w.grant) == "PERSON_ERASED"
    assert w.state() == before


@pytest.mark.parametrize("title", ["线下研讨会", " 线下 研讨会", "线下研讨会。", "Ｃase Seminar"])
def test_the_same_seminar_gives_hours_once(w: World, title: str) -> None:
    w.grant(title="case seminar" if title.endswith("r") else "线下研讨会")
    before = w.state()
    assert code_of(lambda: w.grant("2", title=title)) == "GRANT_REPEATED"
    assert w.state() == before
    w.grant(title=title, earned_on=date(2026, 1, 4))
    w.grant(title="另一场")
    w.certify(CFP)
    w.grant(credential=CFP, title=title)
    w.review(1, Standing.VOID)
    w.grant("2", title=title)
    assert earned(w) == 8


def test_one_administrator_enters_so_much_alone_however_it_is_split(w: World) -> None:
    w.grant("6", title="一")
    w.grant("4", title="二")
    before = w.state()
    assert code_of(lambda: w.grant("0.5", title="三")) == "GRANT_NEEDS_SECOND"
    assert code_of(lambda: w.grant("0.5", title="三", by=SECOND)) == "GRANT_NEEDS_SECOND"
    assert w.state() == before


def test_more_is_proposed_and_another_administrator_approves(w: World) -> None:
    proposal = w.propose("20")
    assert earned(w) == 0
    assert read_proposals(w.store, LEARNER) == [proposal]
    before = w.state()
    assert code_of(lambda: w.approve(proposal, ADMINISTRATOR)) == "OWN_PROPOSAL"
    learner_too = Principal(LEARNER, frozenset({Role.ADMINISTRATOR}))
    assert code_of(lambda: w.approve(proposal, learner_too)) == "OWN_AWARD"
    assert code_of(lambda: w.approve(replace(proposal, proposal_id="0" * 32), SECOND)) == "PROPOSAL_NOT_FOUND"
    assert w.state() == before
    entry = w.approve(proposal, SECOND)
    assert (entry.hours, entry.actor, entry.note) == (Decimal(20), SECOND.id, "签到表已核对")
    assert (earned(w), read_proposals(w.store, LEARNER)) == (Decimal(20), [])
    before = w.state()
    assert w.approve(proposal, SECOND) == entry
    assert w.state() == before
    audit = [item.value for item in w.store.query("AUDIT#2026-01", "", AuditRecord) if "grant" in item.value.action]
    assert [(record.action, record.actor) for record in audit] == [
        ("propose_grant", ADMINISTRATOR.id),
        ("grant_hours", SECOND.id),
    ]
    assert w.verdict().faults == []


def test_a_proposal_under_the_same_key_is_one_and_two_of_one_seminar_give_hours_once(w: World) -> None:
    first = w.propose("20", key="once")
    assert w.propose("20", key="once") == first
    again = w.propose("20")
    w.approve(first, SECOND)
    assert code_of(lambda: w.approve(again, SECOND)) == "GRANT_REPEATED"


@pytest.mark.parametrize("crash", ["before", "after"])
def test_a_crash_approves_once(w: World, crash: str) -> None:
    proposal = w.propose("20")
    w.store.crash = crash
    with pytest.raises(Crash):
        w.approve(proposal, SECOND)
    w.approve(proposal, SECOND)
    assert earned(w) == 20


def test_no_two_administrators_enter_more_than_the_rule_allows(w: World) -> None:
    w.approve(w.propose("20"), SECOND)
    waiting = w.propose("10", title="一")
    assert code_of(lambda: w.propose("10.5", title="二")) == "GRANT_TOO_MUCH"
    assert code_of(lambda: w.grant("10.5", title="二")) == "GRANT_TOO_MUCH"
    w.approve(waiting, SECOND)
    assert earned(w) == 30
    assert code_of(lambda: w.grant("0.01", title="二")) == "GRANT_TOO_MUCH"


def test_what_stands_against_it_by_then_keeps_a_proposal_out(w: World) -> None:
    proposal = w.propose("20")
    erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    assert code_of(lambda: w.approve(proposal, SECOND)) == "PERSON_ERASED"


def test_a_day_on_which_the_certificate_is_not_valid_gives_nothing() -> None:
    w = World()
    w.name()
    w.register(AFP, until=date(2025, 12, 31))
    w.confirm(AFP)
    before = w.state()
    assert code_of(w.grant) == "GRANT_NOT_VALID"
    assert code_of(w.propose) == "GRANT_NOT_VALID"
    assert w.state() == before
    w.renew(date(2026, 1, 1), date(2027, 12, 31))
    w.grant()
    assert earned(w) == 3


def test_proposals_over_http(w: World) -> None:
    api = build_api(w.ctx, origin_secret)
    first, second = (claims(person.id, "administrator") for person in (ADMINISTRATOR, SECOND))
    body = {**BODY, "hours": "12"}
    refused = send(api, request("POST", PATH, body, who=first, idempotency_key="grant-request-0001"))
    assert (refused.status, refused.code, refused.body["alone_hours"]) == (409, "GRANT_NEEDS_SECOND", "10")
    proposals = f"{PATH}/proposals"
    proposed = send(api, request("POST", proposals, body, who=first, idempotency_key="grant-request-0002"))
    assert (proposed.status, proposed.body["hours"], proposed.body["proposed_by"]) == (201, "12", ADMINISTRATOR.id)
    assert send(api, request("GET", proposals, who=second)).body == {"proposals": [proposed.body]}
    approval = f"{proposals}/{proposed.body['proposal_id']}/approval"
    assert send(api, request("POST", approval, who=first)).code == "OWN_PROPOSAL"
    entry = send(api, request("POST", approval, who=second))
    assert (entry.status, entry.body["hours"], entry.body["kind"]) == (200, "12", "grant")
    for role in ("learner", "reviewer", "auditor"):
        for method, path in (("GET", proposals), ("POST", approval)):
            assert send(api, request(method, path, who=claims("somebody", role))).status == 403, role
