"""What the use cases need from outside, besides the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    # Every context names the ports, and few functions need what these speak of.
    from services.orders.domain.invoice import Document
    from services.orders.domain.payment import PaymentProvider, ProviderName

Providers: TypeAlias = "Callable[[ProviderName], PaymentProvider | None]"
"""The provider of a name; None where we have no account there."""


class Payers(Protocol):
    """Who is to pay within WeChat, as WeChat itself says."""

    def page(self, state: str, back_to: str) -> str:
        """Where the browser is to go, with nothing to see or press; it comes `back_to` with the state and a code."""

    def openid(self, code: str) -> str:
        """Whose code this is: who they are to our official account. Raises WeChatRefused, WeChatUnavailable."""


@dataclass(frozen=True)
class Upload:
    """Where and how to put one file: an HTTP PUT to `url` with exactly these headers."""

    url: str
    headers: Mapping[str, str]


class InvoiceFiles(Protocol):
    """Where the PDFs of invoices lie. Nothing in it is ever replaced: an upload to an existing key is refused."""

    def upload(self, key: str, document: Document) -> Upload:
        """Permission, for 15 minutes, to store exactly this document."""

    def beginning(self, key: str, size: int) -> bytes:
        """The first five bytes of a stored file of this size; none where there is no such file."""

    def link(self, key: str) -> str:
        """An address from which whoever has it may read the file, for five minutes."""
