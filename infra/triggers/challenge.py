"""Who was proven to credits' function `access`, by a code or WeChat, proves that to the user pool with a ticket.

One function for the three events of the pool's custom challenge. The challenge is a nonce; the answer is a ticket: a
MAC over the person, the nonce and a time of a minute, with a key that `access` alone has besides. One answer for each
challenge, right or wrong. Staff have no way in here: their second factor is asked for with a password only.
"""

import hmac
import json
import os
import secrets
import time
from functools import cache
from typing import Any

CHALLENGE = "CUSTOM_CHALLENGE"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answers the pool's event by its source."""
    step = {"Define": _define, "Create": _create, "Verify": _verify}[event["triggerSource"][:6]]
    event["response"] = step(event)
    return event


def _define(event: dict[str, Any]) -> dict[str, Any]:
    rounds = event["request"]["session"]
    if not rounds:
        # Asked of who is not there, too: nobody learns here who is.
        return {"challengeName": CHALLENGE, "issueTokens": False, "failAuthentication": False}
    right = len(rounds) == 1 and rounds[0]["challengeName"] == CHALLENGE and rounds[0]["challengeResult"] is True
    right = right and not event["request"].get("userNotFound")
    return {"issueTokens": right, "failAuthentication": not right}


def _create(_: dict[str, Any]) -> dict[str, Any]:
    nonce = {"nonce": secrets.token_urlsafe(24)}
    return {"publicChallengeParameters": nonce, "privateChallengeParameters": nonce, "challengeMetadata": "TICKET"}


def _verify(event: dict[str, Any]) -> dict[str, Any]:
    request = event["request"]
    person, nonce = request["userAttributes"].get("sub"), request["privateChallengeParameters"]["nonce"]
    until, _, mac = str(request.get("challengeAnswer") or "").partition(".")
    now = int(time.time())
    # An hour is no ticket's life: it allows for clocks, and bounds what a mistake in making them could do.
    if request.get("userNotFound") or not person or not until.isdecimal() or not now < int(until) < now + 3600:
        return {"answerCorrect": False}
    signed = f"{person}.{nonce}.{until}".encode()
    macs = [hmac.new(key.encode(), signed, "sha256").hexdigest() for key in _keys(now // 300).values()]
    right = any(hmac.compare_digest(mac.encode(), known.encode()) for known in macs)
    return {"answerCorrect": right and not _groups(event)}


@cache
def _keys(_five_minutes: int) -> dict[str, str]:
    text = _client("secretsmanager").get_secret_value(SecretId=os.environ["TICKETS_SECRET_ID"])["SecretString"]
    return dict(json.loads(text))


def _groups(event: dict[str, Any]) -> list[Any]:
    who = {"UserPoolId": event["userPoolId"], "Username": event["userName"]}
    return list(_client("cognito-idp").admin_list_groups_for_user(**who)["Groups"])


@cache
def _client(service: Any) -> Any:
    import boto3

    return boto3.client(service)
