"""What belongs into one partition and is written by many in the same second: several partitions, by an id's checksum.

Whoever reads it reads all of them, and `pages.merged` puts them into the order that one partition would have.
"""

from zlib import crc32

SHARDS = 4
"""A partition takes 1,000 write units a second; each of these is one more query for whoever reads them all."""


def shard_of(pk: str, identifier: str) -> str:
    """The one of a partition's shards in which the item of an id lies."""
    return f"{pk}#{crc32(identifier.encode()) % SHARDS}"


def shards_of(pk: str) -> list[str]:
    """All of a partition's shards."""
    return [f"{pk}#{number}" for number in range(SHARDS)]
