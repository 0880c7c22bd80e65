"""Open Badges 3.0 credentials, checked by a verifier that others wrote."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier

from services.credits.app.badges.open_badge import keys_url, open_badge
from services.credits.app.badges.status_lists import publish_revocations
from services.credits.domain.review import Standing
from services.credits.handlers.notices import event_handlers
from services.kit import base64url
from services.kit.jose import compact_jwt
from services.kit.signing import RS256, KmsSigner
from tests.fakes.signing import MemorySigner
from tests.unit.credits.documents_world import LEARNING, NAME, URL, Desk
from tests.unit.credits.world import LEARNER, Crash
from tests.unit.kit.test_jose import FakeKms


@pytest.fixture
def desk() -> Desk:
    return Desk()


def credential(desk: Desk, entry_id: str) -> str:
    """As its holder downloads it."""
    answer = desk.get(f"/v1/credits/attestations/{entry_id}/credential", LEARNING)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/vc+jwt")
    return str(answer.body)


def header(token: str) -> dict[str, Any]:
    """A token's header, unverified."""
    text = token.split(".")[0]
    found: dict[str, Any] = json.loads(base64url.decode(text))
    return found


def public_key(desk: Desk, token: str) -> bytes:
    """What the token's `kid` leads to, PEM."""
    kid = header(token)["kid"]
    jwk = desk.get(kid.removeprefix(URL)).body
    assert jwk in desk.get("/v1/credits/jwks").body["keys"]
    assert jwk["kid"] == kid
    key = RSAAlgorithm.from_jwk(json.dumps(jwk))
    assert isinstance(key, rsa.RSAPublicKey)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def verify(desk: Desk, token: str) -> Any:
    """By openbadgeslib: signature, validity, and the status in a list whose signature and issuer it checks too."""

    def download(url: str) -> bytes:
        return str(desk.get(url.removeprefix(URL)).body).encode()

    return OB3Verifier(public_key(desk, token)).verify(token, check_status=True, download=download)


def test_a_verifier_that_others_wrote_accepts_it(desk: Desk) -> None:
    award = desk.award(hours="1.5")
    issued = desk.issue(award)
    token = credential(desk, award.entry_id)
    assert header(token)["alg"] == "RS256"
    badge = verify(desk, token)
    assert badge.id == f"{URL}/verify/{issued.attestation.code}"
    assert (badge.issuer.id, badge.issuer.name) == (f"{URL}/v1/credits/issuer", "学时 Xueshi")
    assert [(i.identity_type, i.identity_hash, i.hashed) for i in badge.identifiers] == [("name", NAME, False)]
    assert badge.credits_earned == 1.5
    assert [result.value for result in badge.results] == ["1.5"]
    assert badge.achievement.achievement_type == "CertificateOfCompletion"
    assert [alignment.target_code for alignment in badge.achievement.alignments] == ["AFP"]
    assert desk.get("/v1/credits/issuer").body["id"] == badge.issuer.id


def test_the_same_credential_each_time(desk: Desk) -> None:
    award = desk.award()
    desk.issue(award)
    token = credential(desk, award.entry_id)
    desk.world.clock.advance(86_400_000)
    assert credential(desk, award.entry_id) == token


def test_two_credentials_of_one_learner_share_no_id(desk: Desk) -> None:
    badges = []
    for course in ("one", "two"):
        award = desk.award(f"watch-{course}", course)
        desk.issue(award)
        badges.append(verify(desk, credential(desk, award.entry_id)))
    assert badges[0].recipient_id != badges[1].recipient_id
    assert LEARNER not in json.dumps([badge.raw for badge in badges])


def test_a_revoked_credential_is_refused_and_its_neighbour_is_not(desk: Desk) -> None:
    taken, kept = desk.award("watch-1", "one"), desk.award("watch-2", "two")
    tokens = []
    for award in (taken, kept):
        desk.issue(award)
        tokens.append(credential(desk, award.entry_id))
    desk.review(taken, Standing.VOID)
    desk.review(kept, Standing.UNDER_REVIEW)
    desk.review(kept, Standing.STANDS)
    publish_revocations(desk.world.ctx, LEARNER)
    state = desk.world.state()
    publish_revocations(desk.world.ctx, LEARNER)
    assert desk.world.state() == state
    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        verify(desk, tokens[0])
    assert verify(desk, tokens[1])
    assert desk.get(f"/v1/credits/attestations/{taken.entry_id}/credential", LEARNING).code == "AWARD_REVOKED"


def test_a_changed_credential_is_refused(desk: Desk) -> None:
    award = desk.award()
    desk.issue(award)
    head, payload, signature = credential(desk, award.entry_id).split(".")
    claims = json.loads(base64url.decode(payload))
    claims["credentialSubject"]["creditsEarned"] = 30
    forged = compact_jwt(MemorySigner(RS256), claims, keys_url(URL)).split(".")
    for token in (".".join([head, forged[1], signature]), ".".join([head, *forged[1:]])):
        with pytest.raises(OB3VerificationError):
            OB3Verifier(public_key(desk, token)).verify(token)


def test_retired_keys_stay_published() -> None:
    desk = Desk(signer=MemorySigner(RS256))
    award = desk.award()
    desk.issue(award)
    before = credential(desk, award.entry_id)
    desk.signer.rotate()
    after = credential(desk, award.entry_id)
    assert header(before)["kid"] != header(after)["kid"]
    assert len(desk.get("/v1/credits/jwks").body["keys"]) == 2
    # The list is signed with the new key by now, so the old credential's status is read without that check.
    assert OB3Verifier(public_key(desk, before)).verify(before)
    assert verify(desk, after)


@pytest.mark.parametrize("day", ["2025-12-31", "2026-01-06", "1900-01-01"])
def test_no_list_of_days_without_certificates(desk: Desk, day: str) -> None:
    assert desk.get(f"/v1/credits/status-lists/{day}").code == "NOT_FOUND"


def test_unknown_keys(desk: Desk) -> None:
    assert desk.get(f"/v1/credits/keys/{'A' * 43}").code == "NOT_FOUND"


def test_kms_makes_the_same_kind_of_credential_and_is_asked_once_for_each(desk: Desk) -> None:
    issued = desk.issue(desk.award())
    kms = FakeKms(RS256)
    signer = KmsSigner(kms, ["signing", "retired"])
    tokens = {compact_jwt(signer, open_badge(issued, NAME, URL), keys_url(URL)) for _ in range(3)}
    assert (len(tokens), kms.signed) == (1, 1)
    published = {f"{keys_url(URL)}/{key['kid']}": key for key in signer.public_keys()}
    assert len(published) == 2
    (token,) = tokens
    key = RSAAlgorithm.from_jwk(json.dumps(published[header(token)["kid"]]))
    assert OB3Verifier(key).verify(token)


def test_the_fact_of_a_reversal_publishes_the_revocation_once(desk: Desk) -> None:
    award = desk.award()
    desk.issue(award)
    token = credential(desk, award.entry_id)
    desk.review(award, Standing.VOID)
    (fact,) = desk.world.sent("credits.hours_reversed.v1")
    handle = event_handlers(desk.world.notices)[fact.type]
    desk.world.store.crash = "after"
    with pytest.raises(Crash):
        handle(fact)
    revoked = [key for key in desk.world.store.items if key.sk.startswith("REVOKED#")]
    handle(fact)
    handle(fact)
    assert [key for key in desk.world.store.items if key.sk.startswith("REVOKED#")] == revoked
    assert len(revoked) == 1
    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        verify(desk, token)
