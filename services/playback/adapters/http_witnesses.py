"""Witnesses over HTTP."""

from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from services.kit.tlog.notes import MAX_NOTE_BYTES
from services.kit.tlog.submissions import PATH
from services.playback.app.ports import WitnessAnswer

TIMEOUT_SECONDS = 5


class HttpWitnesses:
    """Asks one witness after the other's address; addresses are the operator's."""

    def submit(self, url: str, body: str) -> WitnessAnswer:
        """What a witness answers to a submission. Raises OSError where it does not answer."""
        if not url.startswith(("https://", "http://")):
            raise OSError(f"{url} is no address of a witness")
        request = Request(url.rstrip("/") + PATH, body.encode(), {"content-type": "text/plain"})  # noqa: S310 (checked)
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 (as above)
                return WitnessAnswer(HTTPStatus.OK, answer.read(MAX_NOTE_BYTES).decode())
        except HTTPError as refusal:
            with refusal:
                return WitnessAnswer(refusal.code, refusal.read(MAX_NOTE_BYTES).decode())
        except HTTPException as error:
            raise OSError(f"{url} does not speak HTTP: {error!r}") from error
