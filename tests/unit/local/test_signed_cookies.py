"""The local edge opens media by the cookies that playback signs, and by nothing else."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from local.signed_cookies import opens
from services.playback.adapters.media_signer import CookieSigner

URL = "http://127.0.0.1:8080/media/course/v1/index.m3u8"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS = {"LOCAL": KEY.public_key()}


def secret(key: rsa.RSAPrivateKey, _fresh: bool) -> dict[str, str]:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"key_pair_id": "LOCAL", "private_key": pem}


def cookies(minutes: int = 5, key: rsa.RSAPrivateKey = KEY) -> dict[str, str]:
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    return CookieSigner(partial(secret, key)).cookies("/media/course/v1", until)


def test_cookies_open_their_folder() -> None:
    assert opens(KEYS, cookies(), URL)
    assert opens(KEYS, cookies(), URL + "?whatever=1")


@pytest.mark.parametrize(
    "url",
    [
        URL.replace("v1", "v2"),
        URL.replace("course", "another"),
        "http://127.0.0.1:8080/media/other/v1/x?/media/course/v1/x",
    ],
)
def test_cookies_open_nothing_else(url: str) -> None:
    assert not opens(KEYS, cookies(), url)


def test_cookies_end() -> None:
    assert not opens(KEYS, cookies(minutes=-1), URL)


def test_forged_or_missing_cookies_open_nothing() -> None:
    assert not opens(KEYS, cookies(key=OTHER_KEY), URL)
    assert not opens(KEYS, {}, URL)
    assert not opens(KEYS, {**cookies(), "CloudFront-Policy": "!"}, URL)
    assert not opens(KEYS, {**cookies(), "CloudFront-Key-Pair-Id": "K999"}, URL)
