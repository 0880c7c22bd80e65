"""Forgetting a person: afterwards nothing names them, nothing can again, and the accounts are whole."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from services.credits.adapters.codes import RandomCodes
from services.credits.adapters.cognito_users import CognitoUsers
from services.credits.app.access.sign_ins import note_sign_in
from services.credits.app.accounts.read_account import read_account
from services.credits.app.attestations.issue_attestation import issue_attestation
from services.credits.app.awarding.grant_hours import grant_hours
from services.credits.app.certificates.return_certificate import Return, return_certificate
from services.credits.app.context import AccessContext, DocumentsContext, ErasureContext
from services.credits.app.declarations.declare_hours import declare_hours
from services.credits.app.declarations.export_batch import close_batch, read_holders
from services.credits.app.erasure.finish_erasure import NotErased
from services.credits.app.identities.items import holder_key, identities_key
from services.credits.app.personal_data.collect_personal_data import collect_personal_data
from services.credits.app.pictures.items import sent_key
from services.credits.app.pictures.send_picture import attach_picture
from services.credits.app.push.devices import add_device
from services.credits.domain.balances import open_holds
from services.credits.domain.credentials import Category
from services.credits.domain.grants import Grant
from services.credits.domain.identities import Identities, Identity, IdentityHolder
from services.credits.domain.ids import LearnerId
from services.credits.domain.push import Language
from services.credits.domain.review import Standing
from services.credits.handlers.erasure import event_handlers
from services.credits.handlers.http import build_api
from services.credits.handlers.notices import event_handlers as notices_handlers
from services.credits.handlers.verification import build_api as verification_api
from services.kit.call import Call
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from services.kit.store import Change, Conflict, Put
from tests.erasing import check_copy, check_erasure
from tests.fakes.user_pool import Fingerprint, MemoryPool, ReversingSeal, no_ticket
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.documents_world import URL, SequentialCodes, typesetter
from tests.unit.credits.jpegs import jpeg
from tests.unit.credits.test_declarations import answer, line_ids
from tests.unit.credits.world import ADMINISTRATOR, AFP, CFP, LEARNER, OTHER, Crash, World, completed, own_call

SECRET = "1949-12-31"
"""A day, so that a birthday can be it, in every member that the person can write, or staff of them."""
PERSON: dict[str, str | date] = {
    "real_name": f"张喆堃{SECRET}",
    "username": f"zhangzk-{SECRET}",
    "nickname": f"阿堃{SECRET}",
    "birthday": date.fromisoformat(SECRET),
    "employer": f"某某银行{SECRET}",
    "email": f"zhang.zk.{SECRET}@example.com",
    "id_number": f"11010519491231002X {SECRET}",
}
"""What use cases take: the forms of a name or an identity number are the edge's."""
HASHED = "00" * 20
NUMBER = f"AFP-{SECRET}"
OFFICER = Principal("officer-1", frozenset({Role.RECORDS}))
PATH = f"/v1/credits/learners/{LEARNER}/erasure"
OWN_PATH = "/v1/credits/erasure"


@dataclass
class Users:
    """The user pool: who is in it."""

    there: set[str] = field(default_factory=lambda: {LEARNER, OTHER})
    closed: bool = False

    def delete(self, learner_id: LearnerId) -> None:
        if self.closed:
            raise ConnectionError("closed")
        self.there.discard(learner_id)


@dataclass
class Office:
    """A person with everything: a profile, a number, a document, hours declared and held, notices."""

    world: World = field(default_factory=World)
    users: Users = field(default_factory=Users)
    code: str = ""

    def __post_init__(self) -> None:
        world = self.world
        world.name(**PERSON)
        world.register(AFP, number=NUMBER, proof=f"photo sent by {SECRET}")
        world.confirm(AFP)
        world.register(CFP, number=f"CFP-{SECRET}")
        world.pictures.keep(sent_key(LEARNER, CFP, SECRET), jpeg())
        attach_picture(world.ctx, own_call(LEARNER), CFP, SECRET)
        for number in range(3):
            world.publish(f"c{number}", content=f"l{number}", eligible=["AFP", "CFP"])
            world.deliver(completed(f"w{number}", f"c{number}"))
        world.review(1, Standing.UNDER_REVIEW)
        signed_in = Call(Principal(LEARNER, frozenset({Role.LEARNER}), "session"), "request-8")
        access = AccessContext(
            *world.ports, MemoryPool(), ReversingSeal(), RandomCodes(), Fingerprint(), no_ticket, None
        )
        note_sign_in(access, signed_in, f"Firefox {SECRET}", SECRET[::-1])
        self.take_identity()
        device = (f"https://web.push.apple.com/{SECRET}", "p256dh", "auth", Language.CHINESE)
        add_device(world.ctx, own_call(LEARNER), *device)
        self.code = issue_attestation(self.documents(), own_call(LEARNER), world.entries()[2].entry_id).attestation.code
        declare_hours(world.ctx, own_call(LEARNER), AFP, world.certificates()[AFP].period_start)
        close_batch(world.records, Call(OFFICER, "request-7", "key-0000-0000-0001"), AFP, "monthly")
        self.tell()

    def take_identity(self) -> None:
        """WeChat says something of the person, too."""
        now = self.world.clock.now()
        wechat = Identity(f"union-{SECRET}", HASHED, now, now)
        held = Put(holder_key(HASHED), IdentityHolder(LEARNER))
        self.world.store.commit(Change([Put(identities_key(LEARNER), Identities(wechat=wechat)), held]))

    def documents(self) -> DocumentsContext:
        rules = self.world.ctx.rules
        return DocumentsContext(*self.world.ports, rules, SequentialCodes(), typesetter().draw, lambda: URL)

    def tell(self) -> None:
        handlers = notices_handlers(self.world.notices)
        for event in list(self.world.store.outbox):
            if event.type in handlers:
                handlers[event.type](event)

    def ask(self, body: Any = None, role: str = "administrator", who: str = ADMINISTRATOR.id) -> Answer:
        body = {"reason": "asked on 5 March"} if body is None else body
        return send(build_api(self.world.ctx, origin_secret), request("POST", PATH, body, who=claims(who, role)))

    def ask_for_self(self, role: str = "learner", who: str = LEARNER, *, minutes_ago: int = 0) -> Answer:
        """With the token of a sign-in that is so long ago."""
        at = int(self.world.clock.now().timestamp()) - minutes_ago * 60
        caller = {**claims(who, role), "auth_time": str(at)}
        return send(build_api(self.world.ctx, origin_secret), request("POST", OWN_PATH, who=caller))

    def finish(self, *events: Envelope) -> None:
        """The queue delivers what follows."""
        ctx = ErasureContext(*self.world.ports, self.users, self.world.pictures)
        for event in events or self.world.sent("credits.person_erased.v1"):
            event_handlers(ctx)[event.type](event)

    def erase(self) -> None:
        """All of it."""
        assert self.ask().status == 200
        self.finish()

    def traces(self) -> list[str]:
        """The items, events and kept objects that still name the person."""
        kept = [(f"{key.pk} / {key.sk}", text) for key, (_, text) in self.world.store.items.items()]
        kept += [(event.type, event.model_dump_json()) for event in self.world.store.outbox]
        kept += [(key, content.decode()) for key, content in self.world.objects.kept.items()]
        kept += [(key, key) for key in self.world.pictures.kept]
        return [where for where, text in kept if SECRET in text]


@pytest.fixture
def office() -> Office:
    return Office()


def test_what_each_kind_says_of_an_erasure_is_what_happens(office: Office) -> None:
    world = office.world
    world.review(1, Standing.STANDS, reason=f"{SECRET}属实")
    return_certificate(world.ctx, Call(ADMINISTRATOR, "request-8"), Return(LEARNER, CFP, f"{SECRET}不是编号", 2))
    answer(world, 1, f"{line_ids(world, 1)[0]},denied,{SECRET}不符")
    grant = Grant(LEARNER, AFP, Decimal(3), Category.ELECTIVE, "线下研讨会", date(2026, 1, 5), f"{SECRET}已签到")
    grant_hours(world.ctx, Call(ADMINISTRATOR, "request-5", "key-0000-0000-0005"), grant)
    check_erasure("services.credits", world.store, SECRET, office.erase)


def test_a_copy_has_all_that_an_erasure_would_empty_and_nobody_else(office: Office) -> None:
    copy = collect_personal_data(office.world.ctx, LEARNER)
    check_copy("services.credits", office.world.store, SECRET, copy, [ADMINISTRATOR.id, OFFICER.id, OTHER])
    assert {one.name for one in copy if not one.items} == set()


def test_afterwards_no_event_and_no_file_names_the_person_and_the_user_is_gone(office: Office) -> None:
    office.erase()
    assert office.traces() == []
    assert office.users.there == {OTHER}


def test_the_accounts_stay_whole(office: Office) -> None:
    before, entries = read_account(office.world.ctx, LEARNER), office.world.entries()
    office.ask()
    office.finish()
    after = read_account(office.world.ctx, LEARNER)
    assert office.world.entries() == entries
    assert [balance.current for balance in after.certificates] == [balance.current for balance in before.certificates]
    assert after.held == before.held
    assert office.world.verdict().faults == []


def test_the_exported_batch_stays_and_its_holder_has_no_number_any_more(office: Office) -> None:
    file = dict(office.world.objects.kept)
    office.ask()
    office.finish()
    assert office.world.objects.kept == file
    (holder,) = read_holders(office.world.store, AFP, 1, "", 10).items
    assert (holder.learner_id, holder.certificate_number) == (LEARNER, "ERASED")


def test_what_was_declared_and_has_not_left_is_withdrawn(office: Office) -> None:
    world = office.world
    world.publish("c9", content="l9", eligible=["AFP"])
    world.deliver(completed("w9", "c9"))
    declare_hours(world.ctx, own_call(LEARNER), AFP, world.certificates()[AFP].period_start)
    office.ask()
    office.finish()
    with pytest.raises(Problem, match="BATCH_EMPTY"):
        close_batch(world.records, Call(OFFICER, "request-7", "key-0000-0000-0002"), AFP, "monthly")


def test_a_documents_code_still_says_that_the_hours_stand_and_names_nobody(office: Office) -> None:
    path = f"/v1/credits/verification/{office.code}"
    api = verification_api(office.world.ctx, origin_secret)
    assert send(api, request("GET", path)).body["holder"] is not None
    office.ask()
    office.finish()
    answer = send(api, request("GET", path)).body
    assert (answer["holder"], answer["standing"]) == (None, "stands")


def test_the_reason_and_who_did_it_are_in_the_audit_log_and_the_event_has_only_the_id(office: Office) -> None:
    office.ask()
    audit = [text for key, (_, text) in office.world.store.items.items() if key.pk.startswith("AUDIT#")]
    assert any("erase_person" in text and "asked on 5 March" in text and ADMINISTRATOR.id in text for text in audit)
    (event,) = office.world.sent("credits.person_erased.v1")
    assert event.data.keys() == {"learner_id", "erased_at"}


def test_again_changes_nothing(office: Office) -> None:
    first = office.ask().body
    office.finish()
    before = office.world.state()
    office.world.clock.advance(60_000)
    assert office.ask().body == first
    office.finish()
    assert office.world.state() == before


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("spared", [0, 1])
def test_interrupted_anywhere_the_queue_brings_it_to_its_end(office: Office, moment: str, spared: int) -> None:
    world = office.world
    world.publish("c9", content="l9", eligible=["AFP"])
    world.deliver(completed("w9", "c9"))
    declare_hours(world.ctx, own_call(LEARNER), AFP, world.certificates()[AFP].period_start)
    office.ask()
    world.store.crash, world.store.spared = moment, spared
    with pytest.raises(Crash):
        office.finish()
    office.finish()
    assert office.traces() == []
    with pytest.raises(Problem, match="BATCH_EMPTY"):
        close_batch(world.records, Call(OFFICER, "request-7", "key-0000-0000-0002"), AFP, "monthly")


def test_a_user_pool_that_does_not_answer_is_asked_again(office: Office) -> None:
    office.ask()
    office.users.closed = True
    with pytest.raises(ConnectionError):
        office.finish()
    office.users.closed = False
    office.finish()
    assert (office.users.there, office.traces()) == ({OTHER}, [])


def test_a_token_that_is_still_valid_adds_nothing_personal(office: Office) -> None:
    world = office.world
    office.ask()
    with pytest.raises(Problem, match="PERSON_ERASED"):
        world.name(**PERSON)
    with pytest.raises(Problem, match="PERSON_ERASED"):
        world.register(CFP, number=NUMBER)
    with pytest.raises(Problem, match="PERSON_ERASED"):
        world.confirm(CFP)
    with pytest.raises(Problem, match="REAL_NAME_MISSING"):
        issue_attestation(office.documents(), own_call(LEARNER), world.entries()[4].entry_id)
    office.finish()
    assert office.traces() == []


def test_a_number_that_was_being_confirmed_meanwhile_is_not_written(office: Office, monkeypatch: Any) -> None:
    world, commit = office.world, office.world.store.commit

    def overtaken(change: Change) -> None:
        monkeypatch.setattr(world.store, "commit", commit)
        office.ask()
        office.finish()
        with pytest.raises(Conflict):
            commit(change)
        raise Conflict

    monkeypatch.setattr(world.store, "commit", overtaken)
    with pytest.raises(Problem, match="PERSON_ERASED"):
        world.confirm(CFP)
    assert office.traces() == []


def test_watches_that_come_late_are_held_and_not_lost(office: Office) -> None:
    office.ask()
    office.finish()
    office.world.publish("c9", content="l9", eligible=["AFP"])
    office.world.deliver(completed("late", "c9"))
    assert office.world.outline()[-2] == "hold AFP 1.5 PROFILE_INCOMPLETE"
    assert office.world.verdict().faults == []


def test_others_are_left_alone(office: Office) -> None:
    office.world.certify(AFP, learner=OTHER)
    before = {key: item for key, item in office.world.store.items.items() if key.pk.endswith(OTHER)}
    office.ask()
    office.finish()
    assert {key: item for key, item in office.world.store.items.items() if key.pk.endswith(OTHER)} == before


def test_somebody_who_never_said_anything_can_be_forgotten_too(office: Office) -> None:
    path = f"/v1/credits/learners/{OTHER}/erasure"
    event = request("POST", path, {"reason": "asked"}, who=claims(ADMINISTRATOR.id, "administrator"))
    assert send(build_api(office.world.ctx, origin_secret), event).status == 200
    office.finish()
    assert office.users.there == {LEARNER}
    assert open_holds(office.world.entries(OTHER)) == []


@pytest.mark.parametrize("role", ["learner", "auditor", "records", "reviewer", "support"])
def test_only_administrators_forget_people(office: Office, role: str) -> None:
    before = office.world.state()
    assert office.ask(role=role).status == 403
    assert office.world.state() == before


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": "x" * 501}, {"reason": "x", "name": "y"}])
def test_without_a_reason_nobody_is_forgotten(office: Office, body: Any) -> None:
    before = office.world.state()
    assert office.ask(body).code == "INVALID_REQUEST"
    assert office.world.state() == before


def test_an_administrator_does_not_forget_themselves(office: Office) -> None:
    assert office.ask(who=LEARNER).code == "OWN_ERASURE"


def test_learners_delete_their_own_accounts_and_nothing_names_them_any_more(office: Office) -> None:
    others = {key: item for key, item in office.world.store.items.items() if key.pk.endswith(OTHER)}
    answer = office.ask_for_self(minutes_ago=10)
    assert (answer.status, answer.body["learner_id"]) == (200, LEARNER)
    office.finish()
    assert (office.traces(), office.users.there) == ([], {OTHER})
    assert {key: item for key, item in office.world.store.items.items() if key.pk.endswith(OTHER)} == others
    assert office.world.verdict().faults == []


def test_the_audit_log_says_that_the_person_did_it(office: Office) -> None:
    office.ask_for_self()
    audit = [text for key, (_, text) in office.world.store.items.items() if key.pk.startswith("AUDIT#")]
    assert any("erase_person" in text and "asked for by the person" in text and LEARNER in text for text in audit)


def test_attack_a_deletion_is_replayed(office: Office) -> None:
    first = office.ask_for_self().body
    office.finish()
    before = office.world.state()
    office.world.clock.advance(60_000)
    assert office.ask_for_self(minutes_ago=1).body == first
    assert office.ask().body == first, "nor does an administrator's change anything after it"
    office.finish()
    assert office.world.state() == before


# Attack: a stolen session, which can be kept alive but not begun anew.
def test_attack_a_session_that_began_long_ago_deletes_nothing(office: Office) -> None:
    before = office.world.state()
    assert office.ask_for_self(minutes_ago=11).code == "SIGN_IN_RECENTLY"
    unsaid = request("POST", OWN_PATH, who=claims(LEARNER, "learner"))
    assert send(build_api(office.world.ctx, origin_secret), unsaid).code == "SIGN_IN_RECENTLY"
    assert office.world.state() == before


def test_attack_nobody_deletes_an_account_without_a_token_or_anothers(office: Office) -> None:
    before = office.world.state()
    api = build_api(office.world.ctx, origin_secret)
    assert send(api, request("POST", OWN_PATH)).status == 401
    own = office.world.certificates()
    assert office.ask(role="learner", who=OTHER).status == 403
    assert office.world.state() == before
    assert office.ask_for_self(who=OTHER).body["learner_id"] == OTHER
    assert office.world.certificates() == own, "another learner's token deletes that learner"
    assert [event.subject for event in office.world.sent("credits.person_erased.v1")] == [OTHER]


@pytest.mark.parametrize("role", [role.value for role in Role if role is not Role.LEARNER])
def test_attack_staff_do_not_delete_themselves(office: Office, role: str) -> None:
    before = office.world.state()
    assert office.ask_for_self(role=role).code == "WRONG_ROLE"
    assert office.world.state() == before


def test_a_forged_event_erases_nobody(office: Office) -> None:
    office.ask()
    (event,) = office.world.sent("credits.person_erased.v1")
    forged = event.model_copy(update={"data": {**event.data, "learner_id": OTHER}})
    with pytest.raises(NotErased):
        office.finish(forged)
    assert office.users.there == {LEARNER, OTHER}


def test_the_user_pool_deletes_by_the_tokens_id_and_whoever_is_gone_is_gone() -> None:
    client = boto3.client("cognito-idp", region_name="us-east-1")
    users = CognitoUsers(client, "us-east-1_pool")
    with Stubber(client) as pool:
        expected = {"UserPoolId": "us-east-1_pool", "Username": LEARNER}
        pool.add_response("admin_delete_user", {}, expected)
        pool.add_client_error("admin_delete_user", "UserNotFoundException", expected_params=expected)
        pool.add_client_error("admin_delete_user", "TooManyRequestsException", expected_params=expected)
        users.delete(LEARNER)
        users.delete(LEARNER)
        with pytest.raises(client.exceptions.TooManyRequestsException):
            users.delete(LEARNER)


def test_what_the_person_signed_in_with_may_be_somebody_elses(office: Office) -> None:
    office.ask()
    office.finish()
    store = office.world.store
    assert store.get(holder_key(HASHED), IdentityHolder) is None
    assert store.get(identities_key(LEARNER), Identities) is None
