"""Numbers that hundreds change in a second: kept as several counters, so that transactions seldom meet at one."""

from dataclasses import dataclass
from random import choice, randrange

from services.kit.store import Add, Count, Key, Reader, Store, read_or


@dataclass(frozen=True)
class ShardedCounter:
    """The sum of `shards` counters of one partition, whose sort keys are `prefix` and a number."""

    pk: str
    prefix: str
    shards: int

    def total(self, store: Store) -> int:
        """What all of them hold, in one read."""
        return sum(self._counts(store).values())

    def total_of(self, read: Reader) -> int:
        """What all of them hold, of what was read of them and others at once."""
        return sum(read_or(read, key, Count()).value.count for key in self.keys())

    def keys(self) -> list[Key]:
        """All that may be there."""
        return [self._key(number) for number in range(self.shards)]

    def add(self, amount: int = 1) -> Add:
        """Adds to any of them; for a number without a limit that is only taken from by `give_back`."""
        return Add(self._key(randrange(self.shards)), amount)  # noqa: S311 (no secret)

    def take(self, store: Store, limit: int) -> Add | None:
        """The write that counts one more, while the sum stays at most `limit`; None where there is no room.

        Each counter has its part of the limit, as a condition on itself, so the sum never exceeds it, however many
        take at once; and who finds one full, by a Conflict, plans again and finds another while there is one.
        """
        counts = self._counts(store)
        parts = {self._key(number): self._part(number, limit) for number in range(self.shards)}
        room = [key for key, part in parts.items() if counts.get(key, 0) < part]
        return Add(key := choice(room), 1, at_most=parts[key]) if room else None  # noqa: S311 (no secret)

    def give_back(self, store: Store) -> Add:
        """The write that counts one less, where anything is counted. Raises LookupError where nothing is."""
        counted = [key for key, count in self._counts(store).items() if count > 0]
        if not counted:
            raise LookupError(f"nothing is counted under {self.pk} / {self.prefix}")
        return Add(choice(counted), -1)  # noqa: S311 (no secret)

    def _counts(self, store: Store) -> dict[Key, int]:
        return {stored.key: stored.value.count for stored in store.query(self.pk, self.prefix, Count)}

    def _key(self, number: int) -> Key:
        return Key(self.pk, f"{self.prefix}{number:03}")

    def _part(self, number: int, limit: int) -> int:
        return limit // self.shards + (number < limit % self.shards)
