"""A merchant account at the sandbox: both parties' keys, made anew at each start."""

import base64
import json
import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
_ALPHABET = string.ascii_letters + string.digits


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def token(length: int) -> str:
    """Random letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass(frozen=True)
class Account:
    """What the merchant and WeChat Pay know of each other."""

    merchant_id: str = "1900000109"
    app_id: str = "wxd678efh567hg6787"
    certificate_serial: str = "444F4864EA9B34415"
    public_key_id: str = "PUB_KEY_ID_0119000001092026112400000000001"
    api_v3_key: str = field(default_factory=lambda: token(32))
    merchant_key: rsa.RSAPrivateKey = field(default_factory=_new_key)
    platform_key: rsa.RSAPrivateKey = field(default_factory=_new_key)

    def secret(self, gateway: str) -> dict[str, str]:
        """The members of the merchant's secret, with the sandbox in WeChat Pay's place."""
        private = self.merchant_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = self.platform_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return {
            "merchant_id": self.merchant_id,
            "app_id": self.app_id,
            "api_v3_key": self.api_v3_key,
            "certificate_serial": self.certificate_serial,
            "private_key": private.decode(),
            "public_key_id": self.public_key_id,
            "public_key": public.decode(),
            "gateway": gateway,
        }

    def signed(self, body: str, now: datetime) -> dict[str, str]:
        """The headers that WeChat Pay sends with a body, whether it asks or answers."""
        timestamp, nonce = str(int(now.timestamp())), token(32)
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.public_key_id,
            "Wechatpay-Signature": sign(self.platform_key, f"{timestamp}\n{nonce}\n{body}\n"),
            "Wechatpay-Signature-Type": SIGNATURE_TYPE,
        }

    def notification(self, identifier: str, content: dict[str, Any], now: datetime) -> str:
        """The body of a notification that a payment was made, its content encrypted."""
        nonce, associated = token(12), "transaction"
        plain = json.dumps(content, ensure_ascii=False).encode()
        sealed = AESGCM(self.api_v3_key.encode()).encrypt(nonce.encode(), plain, associated.encode())
        return json.dumps(
            {
                "id": identifier,
                "create_time": now.isoformat(timespec="seconds"),
                "resource_type": "encrypt-resource",
                "event_type": "TRANSACTION.SUCCESS",
                "summary": "支付成功",
                "resource": {
                    "original_type": "transaction",
                    "algorithm": "AEAD_AES_256_GCM",
                    "ciphertext": base64.b64encode(sealed).decode(),
                    "associated_data": associated,
                    "nonce": nonce,
                },
            },
            ensure_ascii=False,
        )

    def is_merchants(self, signature: str, message: str) -> bool:
        """Whether the merchant signed the message."""
        try:
            self.merchant_key.public_key().verify(
                base64.b64decode(signature), message.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except (InvalidSignature, ValueError):
            return False
        return True


def sign(key: rsa.RSAPrivateKey, message: str) -> str:
    """SHA-256 with RSA, in base64."""
    return base64.b64encode(key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
