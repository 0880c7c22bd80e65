"""The HTTP API's JWT authorizer accepts its own pool's tokens and nothing else."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from local.system import System


def encode(part: Any) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=="))


def ask(http: httpx.Client, token: str | None) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}
    return http.post("/v1/slice/own/thing", json={}, headers=headers)


def test_its_own_token_is_accepted_and_its_claims_arrive_flattened(http: httpx.Client, token: str) -> None:
    answer = ask(http, token)
    assert answer.status_code == 201
    claims = answer.json()["claims"]
    assert claims["token_use"] == "access"
    assert sorted(claims["cognito:groups"].strip("[]").split()) == ["editor", "second-factor"]
    assert all(isinstance(value, str) for value in claims.values())


def forged_tokens(token: str) -> dict[str, str]:
    head, body, signature = token.split(".")
    header, claims = decode(head), decode(body)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def signed(header: dict[str, Any], claims: dict[str, Any]) -> str:
        text = f"{encode(header)}.{encode(claims)}"
        return f"{text}.{encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    confused = f"{encode({**header, 'alg': 'HS256'})}.{body}"
    mac = hmac.new(public, confused.encode(), hashlib.sha256).digest()
    numbers = key.public_key().public_numbers()
    own_key = {"kty": "RSA", "kid": header["kid"], "e": "AQAB", "n": encode(numbers.n.to_bytes(256, "big"))}
    return {
        "other key": signed(header, claims),
        "key in the header": signed({**header, "jwk": own_key}, claims),
        "unknown key id": signed({**header, "kid": "mine"}, claims),
        "no algorithm": f"{encode({**header, 'alg': 'none'})}.{body}.",
        "key confusion": f"{confused}.{encode(mac)}",
        "claims changed": f"{head}.{encode({**claims, 'sub': 'somebody-else'})}.{signature}",
        "group added": f"{head}.{encode({**claims, 'cognito:groups': ['administrator']})}.{signature}",
        "life prolonged": f"{head}.{encode({**claims, 'exp': int(time.time()) + 10**6})}.{signature}",
        "signature cut": f"{head}.{body}.{signature[:-8]}",
        "signature missing": f"{head}.{body}.",
        "not a token": "not-a-token",
        "no parts": "..",
    }


def test_forged_tokens_are_refused(http: httpx.Client, token: str) -> None:
    answers = {name: ask(http, forged).status_code for name, forged in forged_tokens(token).items()}
    assert answers == dict.fromkeys(answers, 401)
    assert ask(http, None).status_code == 401


@pytest.mark.parametrize("other", ["client", "pool"])
def test_tokens_of_another_client_or_pool_are_refused(system: System, http: httpx.Client, other: str) -> None:
    cognito = system.client("cognito-idp")
    pool = system.user_pool_id
    if other == "pool":
        pool = cognito.create_user_pool(PoolName="other")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    name, password = f"{other}@slice.example", "Only-for-tests-1"
    cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
    parameters = {"USERNAME": name, "PASSWORD": password}
    answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert ask(http, answer["AuthenticationResult"]["AccessToken"]).status_code == 401
