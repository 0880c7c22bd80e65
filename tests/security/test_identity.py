"""Who may call what: every operation of every service, with every kind of wrong identity."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from demo.client import Answer, Client
from local.seed import DOMAIN, PASSWORD
from local.users import code_of
from services.kit.identity import Role
from tests.flows.world import World
from tests.security.conftest import STAFF, People
from tests.security.operations import Operation, one_of_each, operations

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("nothing_changes")]

SECURED = [operation for operation in operations() if not operation.public]
ONE_EACH = one_of_each(SECURED)
NEEDS_NOTHING = {"POST /v1/credits/erasure"}
"""What learners ask without saying anything, and get whatever else is odd: staff ask here, whom it refuses."""
BODY = json.dumps({})


@pytest.fixture(scope="module")
def forged(world: World) -> dict[str, str]:
    """Tokens that look like an administrator's and learner's, each wrong in one way."""
    return forge(world)


def send(client: Client, operation: Operation, path: str = "", headers: dict[str, str] | None = None) -> Answer:
    """One call of an operation, its body empty where it takes one."""
    body = BODY if operation.schema else None
    sent = {"content-type": "application/json", "idempotency-key": uuid4().hex, **(headers or {})}
    return client.send(operation.method, path or operation.path, content=body, headers=sent)


@pytest.mark.parametrize("operation", SECURED, ids=str)
def test_no_identity_or_a_forged_one_is_refused(world: World, forged: dict[str, str], operation: Operation) -> None:
    answers = {name: send(world.public.as_(forged[name]), operation) for name in ("ID token", "foreign key")}
    assert _accepted({**answers, "none": send(world.public, operation)}) == {}


@pytest.mark.parametrize("service", sorted(ONE_EACH))
def test_every_kind_of_wrong_identity_is_refused(world: World, forged: dict[str, str], service: str) -> None:
    """One operation stands for a service's: its API has one authorizer for them all (tests/infra/test_routes.py)."""
    operation = ONE_EACH[service]
    answers = {name: send(world.public.as_(token), operation) for name, token in forged.items()}
    for header in ("Bearer", "Bearer null", "Basic bWU6bWU=", "Bearer a.b.c", "Token x"):
        answers[header] = send(world.public, operation, headers={"authorization": header})
    assert _accepted(answers) == {}


def _accepted(answers: dict[str, Answer]) -> dict[str, int]:
    """Status of those that were not refused."""
    return {name: answer.status for name, answer in answers.items() if answer.status not in (401, 403)}


@pytest.mark.parametrize("operation", [found for found in SECURED if found.roles < set(Role)], ids=str)
def test_wrong_role_is_refused(people: People, operation: Operation) -> None:
    others = set(people.by_role) - operation.roles
    assert others
    for role in others:
        answer = send(people.by_role[role], operation)
        assert (answer.status, answer.code) == (403, "WRONG_ROLE"), role


@pytest.fixture(scope="module")
def behind(world: World) -> Iterator[httpx.Client]:
    """Past the edge, to the emulator itself."""
    with httpx.Client(base_url=world.system.endpoint_url, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def apis(world: World) -> dict[str, str]:
    """The APIs' ids, by name."""
    return {api["Name"]: api["ApiId"] for api in world.system.client("apigatewayv2").get_apis()["Items"]}


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_bypassing_the_edge_is_refused(
    people: People, behind: httpx.Client, apis: dict[str, str], operation: Operation
) -> None:
    """The API's own address answers nobody: only the distribution knows the origin header."""
    address = f"/_aws/execute-api/{apis[f'xueshi-{operation.service}']}/$default{operation.path}"
    role = next(iter(sorted(operation.roles)), str(Role.LEARNER))
    headers = {"authorization": f"Bearer {people.by_role[role].token}", "content-type": "application/json"}
    every = ({"x-origin-verify": ""}, {"x-origin-verify": "字"}) if operation in ONE_EACH.values() else ()
    for origin in ({}, {"x-origin-verify": "guess"}, *every):
        sent = [(name.encode(), value.encode()) for name, value in {**headers, **origin}.items()]
        answer = behind.request(operation.method, address, headers=sent, content=BODY if operation.schema else None)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN_ORIGIN")


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_odd_paths_and_headers_are_no_failures(people: People, operation: Operation) -> None:
    role = next(iter(sorted(operation.roles)), str(Role.LEARNER))
    client = people.by_role[str(Role.ADMINISTRATOR) if str(operation) in NEEDS_NOTHING else role]
    odd = ["%00", "%F0%28", "%2e%2e%2f", "a" * 3000, "%E5%AD%A6", "'%22%7B%7D", "%0d%0aX:y", "-", "${jndi}"]
    for value in odd if operation.parameters else []:
        path = operation.path_with(**dict.fromkeys(operation.parameters, value))
        answer = send(client, operation, path)
        assert 400 <= answer.status < 500, (value[:20], answer)
    for headers in ({"idempotency-key": "short"}, {"idempotency-key": "x" * 5000}, {"x-forwarded-for": "'; --"}):
        answer = send(client, operation, f"{operation.path}?a=%00&a[]=1&__proto__=x", headers)
        assert answer.status < 500


def forge(world: World) -> dict[str, str]:
    """Wrong tokens by what is wrong with them."""
    email = f"learner-{uuid4().hex[:12]}@{DOMAIN}"
    world.system.create_user(email, PASSWORD, [str(role) for role in STAFF])
    challenge = world.public.cognito(
        "InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD}
    )
    code = str(code_of(world.system.factors, email))
    tokens = world.public.cognito(
        "RespondToAuthChallenge",
        ChallengeName=challenge["ChallengeName"],
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": email, "SOFTWARE_TOKEN_MFA_CODE": code},
    )["AuthenticationResult"]
    head, claims = (json.loads(_decoded(part)) for part in tokens["AccessToken"].split(".")[:2])
    header, payload, signature = tokens["AccessToken"].split(".")
    key, stranger = pool_key(world), rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public_pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    now = int(time.time())
    other_pool = claims["iss"].rsplit("/", 1)[0] + "/us-east-1_Stranger1"
    assert mint(key, head, claims).split(".")[0]  # the pool's own key, so that only the claim under test is wrong
    return {
        "ID token": tokens["IdToken"],
        "refresh token": tokens["RefreshToken"],
        "expired": mint(key, head, {**claims, "iat": now - 7200, "auth_time": now - 7200, "exp": now - 3600}),
        "not yet valid": mint(key, head, {**claims, "nbf": now + 3600}),
        "other audience": mint(key, head, {**claims, "client_id": "another-client"}),
        "other issuer": mint(key, head, {**claims, "iss": other_pool}),
        "no issuer": mint(key, head, {name: value for name, value in claims.items() if name != "iss"}),
        "foreign key": mint(stranger, head, claims),
        "foreign key id": mint(stranger, {**head, "kid": "mine"}, claims),
        "alg none": f"{_encoded({**head, 'alg': 'none'})}.{payload}.",
        "alg none, signature kept": f"{_encoded({**head, 'alg': 'none'})}.{payload}.{signature}",
        "key confusion": _hs256({**head, "alg": "HS256"}, claims, public_pem),
        "changed claims": f"{header}.{_encoded({**claims, 'sub': str(uuid4())})}.{signature}",
        "changed signature": f"{header}.{payload}.{_flipped(signature)}",
        "cut off": tokens["AccessToken"][:-20],
        "no access token": mint(key, head, {**claims, "token_use": "id"}),
    }


def pool_key(world: World) -> rsa.RSAPrivateKey:
    """The private key with which the emulated user pool signs access tokens."""
    path = world.system.emulator.workdir / "state" / "cognito-pool-keys" / f"{world.system.user_pool_id}-access.pem"
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def mint(key: rsa.RSAPrivateKey, head: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token signed by a key."""
    signed = f"{_encoded(head)}.{_encoded(claims)}"
    return f"{signed}.{_text(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def test_a_minted_token_is_good_when_nothing_is_wrong_with_it(world: World) -> None:
    """Otherwise the refusals above would prove nothing."""
    token = world.learner().token or ""
    head, claims = (json.loads(_decoded(part)) for part in token.split(".")[:2])
    minted = mint(pool_key(world), head, claims)
    assert world.public.as_(minted).get("/v1/orders/entitlements").status == 200


def _hs256(head: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    signed = f"{_encoded(head)}.{_encoded(claims)}"
    return f"{signed}.{_text(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def _flipped(signature: str) -> str:
    return ("A" if signature[0] != "A" else "B") + signature[1:]


def _encoded(part: dict[str, Any]) -> str:
    return _text(json.dumps(part).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
