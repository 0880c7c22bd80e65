"""Signature Version 4 of AWS, for requests that are a POST of a body to `/`.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Credentials:
    """Whose requests these are. `token` is that of a role's session; "" where there is none."""

    key_id: str
    secret: str
    token: str = ""


@dataclass(frozen=True)
class Scope:
    """What a signature is good for: a region and the service's name in signatures."""

    region: str
    service: str


def signed_headers(
    headers: Mapping[str, str], body: bytes, credentials: Credentials, scope: Scope, at: datetime
) -> dict[str, str]:
    """The headers to send: those given, whose names are in small letters and include `host`, and the signature's own.

    Args:
        at: the instant to sign for, UTC; AWS takes one that is at most five minutes off.
    """
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "x-amz-date": stamp}
    if credentials.token:
        sent["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(sent))
    told = "".join(f"{name}:{sent[name].strip()}\n" for name in sorted(sent))
    canonical = f"POST\n/\n\n{told}\n{names}\n{sha256(body).hexdigest()}"
    place = f"{stamp[:8]}/{scope.region}/{scope.service}/aws4_request"
    to_sign = f"{ALGORITHM}\n{stamp}\n{place}\n{sha256(canonical.encode()).hexdigest()}"
    key = _signing_key(credentials.secret, place)
    signature = hmac.digest(key, to_sign.encode(), sha256).hex()
    sent["authorization"] = (
        f"{ALGORITHM} Credential={credentials.key_id}/{place}, SignedHeaders={names}, Signature={signature}"
    )
    return sent


@lru_cache(maxsize=8)
def _signing_key(secret: str, place: str) -> bytes:
    # The same for a day, a region and a service.
    key = f"AWS4{secret}".encode()
    for part in place.split("/"):
        key = hmac.digest(key, part.encode(), sha256)
    return key
