"""The key that opens lectures.

The distribution trusts a new key before cookies are signed with it, and the old one as long as a cookie of it lives.
"""

from ops import media_key
from ops.aws import OpsError
from ops.json_secret import JsonSecret
from ops.media_key import ID, NEXT, PREVIOUS, PREVIOUS_ID, SIGNS
from ops.rotation.steps import Step, Subject, after
from ops.stacks import outputs
from services.playback.app.media.grant_media import VALIDITY


class MediaKey:
    """Two keys in the group; sign with the new one; remove the old one."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    @property
    def under_way(self) -> bool:
        """Whether there are two keys, or the distribution trusts others than these."""
        return bool({NEXT, PREVIOUS} & set(self._read().members)) or not self._is_trusted()

    def begin(self) -> None:
        """Makes a key."""
        secret = self._read()
        self._subject.replace(secret, {**secret.members, NEXT: media_key.new_key()})

    def next(self) -> Step:
        """The distribution first, the signing function afterwards."""
        secret, pace = self._read(), self._subject.pace
        if not self._is_trusted():
            return after(secret.since, pace.edge * 0, "the distribution has to trust these keys, and no others")
        if NEXT in secret.members:
            said = "the distribution trusts the new key; every place of the edge has to"
            return after(self._subject.told_at("Edge"), pace.edge, said)
        if PREVIOUS in secret.members:
            said = "cookies are signed with the new key; those of the old one have to run out"
            return after(secret.since, pace.functions + VALIDITY, said)
        return Step("the distribution trusts one key, which signs")

    def go_on(self) -> None:
        """Has the distribution trust the keys, the next one sign, or the one before forgotten."""
        secret = self._read()
        if not self._is_trusted():
            self._trust(secret)
        elif NEXT in secret.members:
            self._sign_with(secret, NEXT)
        else:
            self._trust(self._subject.replace(secret, _without(secret, PREVIOUS, PREVIOUS_ID)))

    def go_back(self) -> None:
        """Forgets a key that does not sign yet; else signs with the one before, which is still trusted."""
        secret = self._read()
        if NEXT in secret.members:
            self._trust(self._subject.replace(secret, _without(secret, NEXT)))
        elif PREVIOUS in secret.members:
            self._sign_with(secret, PREVIOUS)
        else:
            raise OpsError("The distribution trusts one key only: there is none to go back to.")

    def _read(self) -> JsonSecret:
        return self._subject.read(media_key.secret_name(self._subject.where))

    def _is_trusted(self) -> bool:
        told = self._subject.told("Edge")
        return media_key.key_parameters(self._read().members, told).items() <= told.items()

    def _trust(self, secret: JsonSecret) -> None:
        self._subject.tell("Edge", media_key.key_parameters(secret.members, self._subject.told("Edge")))

    def _sign_with(self, secret: JsonSecret, other: str) -> None:
        """The key that signed is the one before from now on."""
        said = outputs(self._subject.clients, self._subject.where, "Edge")
        key = secret.members[other]
        self._subject.replace(
            secret,
            {
                **_without(secret, NEXT),
                SIGNS: key,
                ID: media_key.id_of(key, self._subject.told("Edge"), said),
                PREVIOUS: secret.members[SIGNS],
                PREVIOUS_ID: secret.members[ID],
            },
        )


def _without(secret: JsonSecret, *names: str) -> dict[str, str]:
    return {name: value for name, value in secret.members.items() if name not in names}
