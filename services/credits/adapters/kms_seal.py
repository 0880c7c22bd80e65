"""Sealing with a key of KMS, which only one function may use."""

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from services.credits.domain.ids import LearnerId

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KmsSeal:
    """Encrypts for a person: what was sealed for somebody else opens as nothing."""

    def __init__(self, client: "KMSClient", key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    def close(self, text: str, person_id: LearnerId) -> str:
        """The text, sealed, of a person; at most 4096 bytes of it."""
        answer = self._client.encrypt(KeyId=self._key_id, Plaintext=text.encode(), EncryptionContext=_of(person_id))
        return b64encode(answer["CiphertextBlob"]).decode()

    def open(self, sealed: str, person_id: LearnerId) -> str:
        """The text again. Raises botocore's ClientError where it was sealed for somebody else."""
        answer = self._client.decrypt(
            KeyId=self._key_id, CiphertextBlob=b64decode(sealed), EncryptionContext=_of(person_id)
        )
        return answer["Plaintext"].decode()


def _of(person_id: LearnerId) -> dict[str, str]:
    return {"person": person_id}
