"""The system of a stage whose people are signed in by an issuer that is not Cognito: from the sign-in to the hours."""

import base64
import hashlib
import secrets
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from demo.client import Client
from demo.people import grant_membership, hold_certificates, learner_id_of
from infra.app import synth
from infra.packaging import host_platform
from infra.stages import LOCAL, stage
from local.assembly import read_assembly
from local.system import System, start
from tests.fakes.issuer import SmallIssuer, running_issuer
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system

REDIRECT = "http://localhost/signed-in"


class ForeignWorld(World):
    """Whose staff is another issuer's."""

    issuer: SmallIssuer

    @cached_property
    def editor(self) -> Client:
        """The editor, with a second factor."""
        return self.signed_in("editor", "mfa")

    @cached_property
    def admin(self) -> Client:
        """The administrator, with a second factor."""
        return self.signed_in("boss", "mfa")

    def signed_in(self, who: str, acr: str = "pwd") -> Client:
        """Somebody who went through the issuer's code flow with PKCE."""
        return self.public.as_(self.tokens(who, acr)["access_token"])

    def tokens(self, who: str, acr: str = "pwd") -> dict[str, str]:
        """As a browser gets them, from what config.json says alone."""
        config = self.public.get("/config.json").accepted()
        found = httpx.get(f"{config['issuer']}/.well-known/openid-configuration").json()
        verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(8)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code", "client_id": config["clientId"], "redirect_uri": REDIRECT, "state": state,
            "code_challenge": challenge, "code_challenge_method": "S256", "login_hint": who, "acr_values": acr,
        }  # fmt: skip
        back = httpx.get(f"{found['authorization_endpoint']}?{urlencode(query)}").headers["location"]
        answered = {name: value for name, (value,) in parse_qs(urlsplit(back).query).items()}
        assert answered["state"] == state
        form = {"grant_type": "authorization_code", "code": answered["code"], "code_verifier": verifier}
        tokens: dict[str, str] = httpx.post(found["token_endpoint"], data=form).raise_for_status().json()
        return tokens


@pytest.fixture(scope="module")
def issuer() -> Iterator[SmallIssuer]:
    """An issuer with an editor and an administrator."""
    with running_issuer() as found:
        found.roles |= {"editor": ["editor"], "boss": ["administrator"]}
        yield found


@pytest.fixture(scope="module")
def world(issuer: SmallIssuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForeignWorld]:
    """The system of a stage with that issuer, made from its data."""
    where = stage(LOCAL).model_copy(update={"issuer": issuer.stage_data})
    assembly = synth(where, tmp_path_factory.mktemp("assembly"), host_platform(), say=lambda _: None)
    stacks = read_assembly(assembly)
    assert not [kind for stack in stacks for kind in kinds(stack.template) if "Cognito" in kind]
    workdir: Path = tmp_path_factory.mktemp("system")
    with start(workdir=workdir, stacks=stacks, issuer=issuer.stage_data) as system:
        made = ForeignWorld(system)
        made.issuer = issuer
        yield made
        made.close()


def kinds(template: dict[str, dict[str, dict[str, str]]]) -> set[str]:
    """The types of a template's resources."""
    return {resource["Type"] for resource in template["Resources"].values()}


def test_from_the_sign_in_to_the_hours(world: ForeignWorld) -> None:
    course_id = world.publish()
    learner = world.signed_in("lin")
    assert learner_id_of(learner) == "person-lin"
    grant_membership(world.admin, learner_id_of(learner))
    hold_certificates(world.admin, learner, ["AFP"])
    world.claim(learner, course_id)
    world.watch(learner, course_id)
    assert eventually(lambda: world.awards(learner))


def test_what_is_not_an_access_token_for_us_is_refused(world: ForeignWorld, issuer: SmallIssuer) -> None:
    with running_issuer() as stranger:
        wrong = {
            "ID token": world.tokens("lin")["id_token"],
            "another audience": issuer.signed("lin", aud="another"),
            "another issuer": stranger.access("lin", proven=True),
            "another key": stranger.signed("lin", aud=issuer.stage_data.audience, iss=issuer.url),
        }
    statuses = {name: world.public.as_(token).get("/v1/credits/account").status for name, token in wrong.items()}
    assert statuses == dict.fromkeys(wrong, 401)
    assert world.signed_in("lin").get("/v1/credits/account").ok


def test_staff_without_a_second_factor_have_no_role_there_either(world: ForeignWorld) -> None:
    assert world.signed_in("boss").get("/v1/orders/coupons").code == "WRONG_ROLE"
    assert world.admin.get("/v1/orders/coupons").ok


def test_what_administers_a_pool_is_not_there(world: ForeignWorld) -> None:
    answer = world.signed_in("lin").get("/v1/credits/access/sign-ins")
    assert answer.status == 404
    assert isinstance(world.system, System)
