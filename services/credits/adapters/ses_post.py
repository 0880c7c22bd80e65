"""E-mail through SES."""

from typing import Any, Protocol

from botocore.exceptions import ClientError


class SesClient(Protocol):
    """The part of boto3's SESv2 client that is used."""

    def send_email(self, **request: Any) -> Any:
        """Takes one message."""


class NotTaken(Exception):
    """SES did not take a message; the code says why. What SES says beside it may name the address, so it is dropped."""


class SesPost:
    """Sends plain text from one address. SES itself drops what goes to addresses that bounced or complained before."""

    def __init__(self, client: SesClient, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, address: str, subject: str, text: str) -> None:
        """Hands one message over.

        Raises:
            NotTaken: the sender is not verified, sending is paused, too much at once. Delivered again later it may.
        """
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [address]},
                Content={"Simple": {"Subject": _utf8(subject), "Body": {"Text": _utf8(text)}}},
            )
        except ClientError as error:
            raise NotTaken(error.response["Error"]["Code"]) from None


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
