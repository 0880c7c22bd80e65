"""Where an item lies in a partition that is several: stored data rests on it, so it never changes."""

from collections import Counter

import pytest

from services.kit.store.shards import SHARDS, shard_of, shards_of


@pytest.mark.parametrize(
    ("identifier", "shard"), [("20261129120000123456789012345678", 3), ("learner-1", 0), ("learner-2", 2), ("学", 0)]
)
def test_a_shard_is_where_release_1_put_it(identifier: str, shard: int) -> None:
    assert shard_of("ORDERS#2026112912", identifier) == f"ORDERS#2026112912#{shard}"


def test_items_are_spread_evenly_over_all_shards() -> None:
    sizes = Counter(shard_of("P", f"{number:032x}") for number in range(1000))
    assert sorted(sizes) == shards_of("P") == [f"P#{number}" for number in range(SHARDS)]
    assert max(sizes.values()) < 1.2 * 1000 / SHARDS
