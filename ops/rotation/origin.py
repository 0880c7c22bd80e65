"""The header by which the APIs know our distribution.

Functions accept every value in the secret. So a new value is there before the distribution sends it, and the old one
as long as any place of CloudFront may still send that.
"""

import secrets
import string

from ops.aws import OpsError
from ops.edge import ORIGIN_VERSION, origin_secret_name
from ops.json_secret import JsonSecret
from ops.rotation.steps import Step, Subject, after

LENGTH = 64
SENT, NEXT, PREVIOUS = "current", "next", "previous"


class OriginHeader:
    """Add a value; send it; remove the one before."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    @property
    def under_way(self) -> bool:
        """Whether two values are accepted, or the distribution's is of another version of the secret."""
        secret = self._read()
        return len(secret.members) > 1 or not self._is_sent(secret)

    def begin(self) -> None:
        """Has a new value accepted."""
        secret = self._read()
        made = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(LENGTH))
        self._subject.replace(secret, {SENT: secret.members[SENT], NEXT: made})

    def next(self) -> Step:
        """Functions first, the distribution afterwards."""
        secret, pace = self._read(), self._subject.pace
        if NEXT in secret.members:
            said = "a new value is accepted beside the one that is sent; every function has to read it"
            return after(secret.since, pace.functions, said)
        if not self._is_sent(secret):
            return after(secret.since, pace.functions * 0, "the distribution has to send it")
        if PREVIOUS in secret.members:
            said = "the new value is sent; every place of the edge has to"
            return after(self._subject.told_at("Edge"), pace.edge, said)
        return Step("one value is accepted, and it is sent")

    def go_on(self) -> None:
        """Has the next value sent, or the one before refused."""
        secret = self._read()
        if NEXT in secret.members:
            secret = self._subject.replace(secret, {SENT: secret.members[NEXT], PREVIOUS: secret.members[SENT]})
        elif self._is_sent(secret):
            secret = self._subject.replace(secret, {SENT: secret.members[SENT]})
        self._subject.tell("Edge", {ORIGIN_VERSION: secret.version})

    def go_back(self) -> None:
        """Forgets a value that is not sent yet; else has the one before sent, which is still accepted."""
        secret = self._read()
        if NEXT in secret.members:
            secret = self._subject.replace(secret, {SENT: secret.members[SENT]})
        elif PREVIOUS in secret.members:
            swapped = {SENT: secret.members[PREVIOUS], PREVIOUS: secret.members[SENT]}
            secret = self._subject.replace(secret, swapped)
        else:
            raise OpsError("Only one value is accepted: there is none to go back to.")
        self._subject.tell("Edge", {ORIGIN_VERSION: secret.version})

    def _read(self) -> JsonSecret:
        return self._subject.read(origin_secret_name(self._subject.where))

    def _is_sent(self, secret: JsonSecret) -> bool:
        told = self._subject.told("Edge")
        if ORIGIN_VERSION not in told:
            raise OpsError("The distribution is of a release whose header cannot be rotated: deploy this one first.")
        return told[ORIGIN_VERSION] == secret.version
