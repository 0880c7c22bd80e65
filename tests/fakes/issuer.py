"""A small OpenID Connect issuer of its own: discovery, keys, and the code flow with PKCE (RFC 7636).

Whoever asks is signed in at once as whom `login_hint` names; `acr_values=mfa` stands for a second factor.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.stages import Issuer
from local.edge import listen
from local.serve import serving

KEY_ID = "test-key"
AUDIENCE, CLIENT_ID = "https://api.xueshi.test", "xueshi-web"
LIFE_S = 900


@dataclass
class SmallIssuer:
    """A running issuer. `roles` are its staff's by name."""

    url: str
    roles: dict[str, list[str]] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def stage_data(self) -> Issuer:
        """What a stage says of it."""
        return Issuer(url=self.url, audience=AUDIENCE, client_id=CLIENT_ID)

    def app(self) -> Starlette:
        """Its addresses. The keys are not where a guess would look for them: discovery has to be read."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/certs", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def _discovery(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/certs",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
            }
        )

    def _keys(self, _: Request) -> Response:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return JSONResponse({"keys": [{**key, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]})

    def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}", status_code=302)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or _challenge(form.get("code_verifier", "")) != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        who, proven = asked["login_hint"], asked.get("acr_values") == "mfa"
        tokens = {"access_token": self.access(who, proven=proven), "id_token": self.signed(who, aud=CLIENT_ID)}
        return JSONResponse({**tokens, "token_type": "Bearer", "expires_in": LIFE_S})

    def access(self, who: str, *, proven: bool) -> str:
        """An access token. Staff who signed in without a second factor have no role."""
        roles = self.roles.get(who, [])
        named = (roles if proven else ["unproven"]) if roles else ["learner"]
        return self.signed(who, aud=AUDIENCE, roles=named, sid=secrets.token_hex(8))

    def signed(self, who: str, **claims: Any) -> str:
        """A token of this issuer."""
        now = int(time.time())
        own = {"iss": self.url, "sub": f"person-{who}", "iat": now, "exp": now + LIFE_S}
        return jwt.encode({**own, **claims}, self.key, "RS256", {"kid": KEY_ID})


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@contextmanager
def running_issuer() -> Iterator[SmallIssuer]:
    """Runs one until the block ends."""
    listener = listen(0)
    host, port = listener.getsockname()
    issuer = SmallIssuer(f"http://{host}:{port}/realms/xueshi")
    app = Starlette()
    app.mount("/realms/xueshi", issuer.app())
    with serving(app, listener, "issuer"):
        yield issuer
