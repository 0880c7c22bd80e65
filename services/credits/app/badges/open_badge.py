"""Open Badges 3.0 credentials as VC-JWT (section 8.2 of the specification), and who issues them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.credits.app.attestations.attestation_document import verification_url
from services.credits.app.attestations.read_attestations import AttestationView
from services.credits.app.texts.wording import CATEGORIES, hours_text, period_zh

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
BADGE_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
BADGE_SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}
ISSUER_NAME = "学时 Xueshi"


def issuer_id(public_url: str) -> str:
    """The issuer's id, which is the address of its profile."""
    return f"{public_url}/v1/credits/issuer"


def keys_url(public_url: str) -> str:
    """Under which each public key can be read by its thumbprint."""
    return f"{public_url}/v1/credits/keys"


def status_list_url(public_url: str, status_list: str) -> str:
    """Where one status list is published."""
    return f"{public_url}/v1/credits/status-lists/{status_list}"


def issuer_profile(public_url: str) -> dict[str, Any]:
    """The issuer's profile."""
    return {"id": issuer_id(public_url), "type": ["Profile"], "name": ISSUER_NAME, "url": public_url}


def open_badge(issued: AttestationView, name: str, public_url: str) -> dict[str, Any]:
    """The claims of the credential of one certificate: the credential itself with JWT's registered claims beside it.

    The holder gets it and decides who sees it, so it says the name in full. Its subject's id is of this award alone:
    two credentials of one learner have no id in common.
    """
    attestation = issued.attestation
    id_, subject = verification_url(public_url, attestation.code), UUID(attestation.entry_id).urn
    list_url = status_list_url(public_url, attestation.status_list.isoformat())
    return {
        "@context": [VC_CONTEXT, BADGE_CONTEXT],
        "id": id_,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": issued.award.completion.title,
        "issuer": issuer_profile(public_url),
        "validFrom": instant_text(attestation.issued_at),
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": name, "identityType": "name"},
            ],
            **_achieved(issued, public_url),
        },
        "credentialStatus": {
            "id": f"{list_url}#{attestation.status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(attestation.status_index),
            "statusListCredential": list_url,
        },
        "credentialSchema": [BADGE_SCHEMA],
        "iss": issuer_id(public_url),
        "sub": subject,
        "jti": id_,
        "nbf": int(attestation.issued_at.timestamp()),
    }


def instant_text(instant: datetime) -> str:
    """As credentials write instants: UTC, whole seconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _achieved(issued: AttestationView, public_url: str) -> dict[str, Any]:
    award, watch = issued.award, issued.award.completion
    if award.credential is None or award.period is None:
        raise ValueError("an award names its credential and period")
    achievement = f"{public_url}/courses/{watch.course_id}?version={watch.content_version}"
    category, category_en = CATEGORIES[watch.category]
    hours = hours_text(award.hours)
    return {
        "creditsEarned": float(award.hours),
        "result": [{"type": ["Result"], "resultDescription": f"{achievement}#hours", "value": hours}],
        "achievement": {
            "id": achievement,
            "type": ["Achievement"],
            "achievementType": "CertificateOfCompletion",
            "name": watch.title,
            "description": f"{award.credential} 继续教育 {hours} 学时（{category}），{period_zh(award.period)}",
            "criteria": {
                "narrative": "完整观看课程并确认全部互动，由服务器核验。"
                "Watched in full under verification by the server, every prompt confirmed."
            },
            "creditsAvailable": float(watch.hours),
            "resultDescription": [
                {
                    "id": f"{achievement}#hours",
                    "type": ["ResultDescription"],
                    "name": f"学时（{category}） credit hours ({category_en})",
                    "resultType": "Result",
                }
            ],
            "alignment": [
                {
                    "type": ["Alignment"],
                    "targetName": f"{award.credential} recertification",
                    "targetUrl": public_url,
                    "targetCode": award.credential.value,
                    "targetFramework": "Continuing education",
                }
            ],
        },
    }
