"""The keys of KMS that sign evidence and credentials. A new one is published before it signs; an old one for ever."""

from ops.aws import OpsError
from ops.rotation.steps import Step, Subject, after


class SigningKey:
    """Make a key; sign with it. The parameters are infra/constructs/signing_keys.py's."""

    def __init__(self, subject: Subject, part: str, name: str) -> None:
        self._subject = subject
        self._part, self._count, self._signs = part, f"{name}s", f"{name}Signs"

    @property
    def under_way(self) -> bool:
        """Whether the newest key does not sign yet."""
        count, signs = self._read()
        return signs < count - 1

    def begin(self) -> None:
        """Makes a key, and publishes it."""
        count, _signs = self._read()
        self._subject.tell(self._part, {self._count: str(count + 1)})

    def next(self) -> Step:
        """Whoever keeps the list of public keys has to see the new one before something is signed with it."""
        count, signs = self._read()
        if self.under_way:
            said = f"key {count} is published; whoever keeps the list of keys has to ask for it again"
            return after(self._subject.told_at(self._part), self._subject.pace.functions, said)
        return Step(f"key {signs + 1} signs")

    def go_on(self) -> None:
        """Signs with the newest."""
        count, _signs = self._read()
        self._subject.tell(self._part, {self._signs: str(count - 1)})

    def go_back(self) -> None:
        """Signs with the key before. What the newer one has signed stays valid."""
        _count, signs = self._read()
        if not signs:
            raise OpsError("There is no key before the first.")
        self._subject.tell(self._part, {self._signs: str(signs - 1)})

    def _read(self) -> tuple[int, int]:
        """How many keys there are, and the place of the one that signs."""
        told = self._subject.told(self._part)
        if self._signs not in told:
            raise OpsError(f"{self._part} is of a release whose keys cannot be rotated: deploy this one first.")
        return int(told[self._count]), int(told[self._signs])
