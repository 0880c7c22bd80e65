"""A service's MAC keys. A new one verifies everywhere before it signs anywhere; an old one verifies for ever."""

import re
import secrets
import string

from ops.aws import OpsError
from ops.json_secret import JsonSecret
from ops.rotation.steps import Step, Subject, after

LENGTH = 64
SIGNS = "current"


class ServiceKeyRing:
    """Add a key; sign with it. None is ever removed: records name the key that they were made with."""

    def __init__(self, subject: Subject, service: str) -> None:
        self._subject = subject
        self._name = f"{subject.where.prefix}-{service}-keyring"

    @property
    def under_way(self) -> bool:
        """Whether the newest key does not sign yet."""
        secret = self._read()
        return secret.members[SIGNS] != _ids(secret)[-1]

    def begin(self) -> None:
        """Adds a key."""
        secret = self._read()
        made = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(LENGTH))
        self._subject.replace(secret, {**secret.members, f"k{_number(_ids(secret)[-1]) + 1}": made})

    def next(self) -> Step:
        """Every function has to know a key before one signs with it."""
        secret = self._read()
        if self.under_way:
            said = f"{_ids(secret)[-1]} is there; every function has to read it"
            return after(secret.since, self._subject.pace.functions, said)
        return Step(f"{secret.members[SIGNS]} signs")

    def go_on(self) -> None:
        """Signs with the newest."""
        secret = self._read()
        self._subject.replace(secret, {**secret.members, SIGNS: _ids(secret)[-1]})

    def go_back(self) -> None:
        """Signs with the key before. What the newer one has signed stays valid."""
        secret = self._read()
        before = [id_ for id_ in _ids(secret) if _number(id_) < _number(secret.members[SIGNS])]
        if not before:
            raise OpsError(f"{self._name} has no key before {secret.members[SIGNS]}, which signs.")
        self._subject.replace(secret, {**secret.members, SIGNS: before[-1]})

    def _read(self) -> JsonSecret:
        return self._subject.read(self._name)


def _ids(secret: JsonSecret) -> list[str]:
    """Of the keys, the newest last."""
    return sorted((name for name in secret.members if name != SIGNS), key=_number)


def _number(id_: str) -> int:
    found = re.fullmatch(r"k([0-9]+)", id_)
    if not found:
        raise OpsError(f"{id_!r} is not the id of a key: k1, k2, ...")
    return int(found.group(1))
