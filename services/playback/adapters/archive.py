"""Where evidence packs and heads are kept: S3 with object lock."""

from typing import TYPE_CHECKING

from services.kit.objects import S3Objects

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PACKS, HEADS = "evidence/", "heads/"
"""What is kept: a pack by its watch's id, a day's heads by day and part."""
TYPES = {PACKS: "application/jose+json", HEADS: "application/json"}

SUFFIX = ".json"


class S3Archive:
    """One object per name, under the prefix of what is kept. The bucket's retention locks each for five years."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str = PACKS) -> None:
        self._objects = S3Objects(client, bucket)
        self._prefix = prefix

    def put(self, name: str, content: bytes) -> None:
        """Keeps it unless something of that name is kept; S3 refuses it where the checksum does not arrive intact."""
        self._objects.put(self._key(name), content, TYPES[self._prefix])

    def get(self, name: str) -> bytes | None:
        """What is kept, its checksum verified on the way; None where there is nothing."""
        return self._objects.get(self._key(name))

    def names(self, beginning: str = "") -> list[str]:
        """Every name that is kept and begins so, in order."""
        keys = self._objects.names(f"{self._prefix}{beginning}")
        return [key.removeprefix(self._prefix).removesuffix(SUFFIX) for key in keys]

    def _key(self, name: str) -> str:
        return f"{self._prefix}{name}{SUFFIX}"
