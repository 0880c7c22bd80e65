"""Push to browsers: encrypted for the device (RFC 8291), signed as ours (VAPID, RFC 8292)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cached_property
from hashlib import sha512
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.credits.domain.push import Delivery, Device, Push, is_of_push_service
from services.kit import base64url
from services.kit.observability import logger

if TYPE_CHECKING:
    from webpush import WebPush

TTL_S = 7 * 24 * 3600
"""A device that is off longer learns of it in the inbox."""
WAIT_S = 10
GONE = (404, 410)
"""What push services answer of a subscription that there is no more."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256."""


class PushKeys:
    """The pair that says who pushes. It follows from a secret text, since CloudFormation can make up nothing else.

    Browsers bind a subscription to the public half, so another secret ends all of them; pages subscribe anew.
    """

    def __init__(self, secret: Callable[[bool], Mapping[str, str]]) -> None:
        self._secret = secret

    @cached_property
    def private(self) -> ec.EllipticCurvePrivateKey:
        """The key. 512 bits of a hash modulo the curve's order are as good as evenly spread."""
        seed = sha512(b"xueshi vapid\0" + self._secret(False)["seed"].encode()).digest()
        return ec.derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, ec.SECP256R1())

    def public(self) -> str:
        """What browsers subscribe with: the point, base64url."""
        return base64url.encode(self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


class WebPusher:
    """Pushes over HTTPS to browsers' push services alone. No answer leads anywhere else: redirects are not followed."""

    def __init__(
        self,
        keys: PushKeys,
        contact: str,
        connect: Callable[..., HTTPConnection] = HTTPSConnection,
    ) -> None:
        self._keys = keys
        self._contact = contact
        self._connect = connect

    def push(self, device: Device, push: Push) -> Delivery:
        """Hands one push over, and says what became of it; why it failed is in the log, without the address."""
        if not is_of_push_service(device.endpoint):
            return Delivery.GONE
        try:
            status = self._post(device, json.dumps(asdict(push), ensure_ascii=False))
        except ValueError:
            return Delivery.GONE  # keys that are none: nothing can be said to it
        except (OSError, HTTPException) as error:
            logger().warning("a push service did not answer", extra={"error": type(error).__name__})
            return Delivery.FAILED
        if status in GONE:
            return Delivery.GONE
        if 200 <= status < 300:
            return Delivery.SENT
        logger().warning("a push service refused", extra={"status": status})
        return Delivery.FAILED

    def _post(self, device: Device, text: str) -> int:
        from webpush import WebPushSubscription

        keys = {"p256dh": device.p256dh, "auth": device.auth}
        subscription = WebPushSubscription.model_validate({"endpoint": device.endpoint, "keys": keys})
        message = self._signer.get(text, subscription)
        where = urlsplit(device.endpoint)
        path = f"{where.path}?{where.query}" if where.query else where.path
        connection = self._connect(where.netloc, timeout=WAIT_S)
        try:
            connection.request("POST", path, message.encrypted, dict(message.headers))
            return connection.getresponse().status
        finally:
            connection.close()

    @cached_property
    def _signer(self) -> "WebPush":
        # Loaded by who pushes: the function that keeps devices needs the public half alone.
        from webpush import WebPush

        key = self._keys.private
        return WebPush(
            private_key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            public_key=key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            subscriber=self._contact,
            ttl=TTL_S,
        )
