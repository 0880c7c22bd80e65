"""Signing in by phone against the running system: the user pool's own challenge, tickets, and what it refuses."""

import hmac
import json
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from demo.client import Answer, Client, Refused
from demo.people import learner_id_of
from local.mailbox import MESSAGES, mails_of
from tests.flows.world import World

pytestmark = pytest.mark.system

HOME = "/v1/credits/identities"


def new_number() -> str:
    """A number that nobody has proven yet."""
    return f"+86139{uuid4().int % 10**8:08d}"


def sent_to(world: World, number: str) -> str:
    """The last code that was sent to a number, as this machine's mailbox has it."""
    answer = httpx.get(f"{world.system.endpoint_url}{MESSAGES}", trust_env=False).json()
    texts = (mail.text for mail in mails_of(answer) if mail.to[0].startswith(f"{number}@"))
    # A warning may have come since; it has no code.
    return next(word for text in texts for word in text.replace("，", " ").split() if word.isdigit())


def proof(world: World, number: str) -> dict[str, Any]:
    """What proves a number."""
    body = {"phone": number, "device": uuid4().hex}
    sent = world.public.post(f"{HOME}/phone-codes", body).accepted()
    return {"phone": number, "code_id": sent["code_id"], "code": sent_to(world, number)}


def enter(world: World, body: dict[str, Any]) -> Answer:
    """Tries to sign in."""
    return world.public.post(f"{HOME}/phone/sign-ins", body)


def signed_in(world: World, number: str) -> Client:
    """Signs in by phone."""
    told = enter(world, proof(world, number)).accepted()
    result = {
        "AccessToken": told["access_token"],
        "RefreshToken": told["refresh_token"],
        "ExpiresIn": told["expires_in"],
    }
    return world.public.signed_in(result)


def custom(world: World, person: str) -> dict[str, Any]:
    """The pool's challenge for somebody, asked for as anybody can."""
    return world.public.cognito("InitiateAuth", AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": person})


def answer_challenge(world: World, person: str, session: str, ticket: str) -> bool:
    """Whether the pool lets somebody in by a ticket."""
    responses = {"USERNAME": person, "ANSWER": ticket}
    try:
        found = world.public.cognito(
            "RespondToAuthChallenge", ChallengeName="CUSTOM_CHALLENGE", Session=session, ChallengeResponses=responses
        )
    except Refused:
        return False
    return "AuthenticationResult" in found


def ticket_of(world: World, person: str, nonce: str, key: str = "", lives_s: int = 60) -> str:
    """A ticket as `access` makes them, with its key or another."""
    text = world.system.client("secretsmanager").get_secret_value(SecretId="xueshi-tickets")["SecretString"]
    until = int(time.time()) + lives_s
    signed = f"{person}.{nonce}.{until}".encode()
    return f"{until}.{hmac.new((key or json.loads(text)['current']).encode(), signed, 'sha256').hexdigest()}"


def test_a_stranger_registers_by_phone_and_signs_in_again_later(world: World) -> None:
    number = new_number()
    person = signed_in(world, number)
    assert person.get("/v1/credits/account").ok
    assert person.get(f"{HOME}").accepted()["identities"][0]["shown"].startswith("+86 139****")
    pool = world.system.client("cognito-idp")
    (user,) = pool.list_users(UserPoolId=world.system.user_pool_id, Filter=f'phone_number = "{number}"')["Users"]
    known = {one["Name"]: one["Value"] for one in user["Attributes"]}
    assert (known["sub"], known["phone_number_verified"]) == (learner_id_of(person), "true")
    assert user["UserStatus"] == "CONFIRMED"
    # The limits count what was sent to this number a moment ago.
    assert world.public.post(f"{HOME}/phone-codes", {"phone": number, "device": uuid4().hex}).code == "TOO_MANY_CODES"


def test_attack_a_ticket_is_forged_stolen_or_replayed(world: World) -> None:
    person = learner_id_of(signed_in(world, new_number()))
    challenge = custom(world, person)
    nonce = challenge["ChallengeParameters"]["nonce"]
    good = ticket_of(world, person, nonce)
    another = custom(world, person)
    assert not answer_challenge(world, person, another["Session"], good), "of another sign-in's challenge"
    assert answer_challenge(world, person, challenge["Session"], good)
    assert not answer_challenge(world, person, challenge["Session"], good), "once more"

    def refused(ticket: str) -> bool:
        return not answer_challenge(world, person, another["Session"], ticket)

    for key, lives_s, whose in (("guessed", 60, person), ("", -1, person), ("", 10**6, person), ("", 60, str(uuid4()))):
        another = custom(world, person)
        nonce = another["ChallengeParameters"]["nonce"]
        assert refused(ticket_of(world, whose, nonce, key=key, lives_s=lives_s)), (key, lives_s, whose)
    for nothing in ("", "999999"):
        another = custom(world, person)
        assert refused(nothing)


def test_attack_the_custom_challenge_gives_no_staff_role(world: World) -> None:
    number = new_number()
    person = learner_id_of(signed_in(world, number))
    pool = world.system.client("cognito-idp")
    who = {"UserPoolId": world.system.user_pool_id, "Username": person}
    pool.admin_add_user_to_group(**who, GroupName="administrator")
    begun = custom(world, person)
    ticket = ticket_of(world, person, begun["ChallengeParameters"]["nonce"])
    assert not answer_challenge(world, person, begun["Session"], ticket)


def test_attack_somebody_elses_number_is_joined_without_its_code(world: World) -> None:
    number = new_number()
    victim, thief = signed_in(world, number), world.learner()
    body = {"phone": number, "code_id": uuid4().hex, "code": "123456"}
    assert thief.put(f"{HOME}/phone", body).code == "CODE_OVER"
    assert [one["kind"] for one in victim.get(HOME).accepted()["identities"]] == ["phone"]


def test_two_accounts_of_one_person_are_joined_by_proof_of_both(world: World) -> None:
    number = new_number()
    member = world.member()
    world.settle()
    body = proof(world, number)
    assert member.put(f"{HOME}/phone", body).accepted() == {"joining": "here"}
    assert sorted(one["kind"] for one in member.get(HOME).accepted()["identities"]) == ["email", "phone"]


def test_of_staff_and_of_nobody_identities_are_refused(world: World) -> None:
    for path in ("phone", "email", "wechat"):
        assert world.public.put(f"{HOME}/{path}", {}).status == 401
        assert world.admin.put(f"{HOME}/{path}", {}).code == "WRONG_ROLE"
    assert world.public.get(HOME).status == 401
    assert world.admin.get(HOME).code == "WRONG_ROLE"
    assert world.admin.post(f"{HOME}/email-codes", {}).code == "WRONG_ROLE"
