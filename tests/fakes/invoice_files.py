"""The strict fake of where the PDFs of invoices lie, held to the same tests as S3."""

import hashlib

from services.orders.adapters.invoice_files import BEGINNING, upload_headers
from services.orders.app.ports import Upload
from services.orders.domain.invoice import Document

_MEMORY = "memory://bucket/"


class MemoryInvoiceFiles:
    """Keeps files in a dictionary; `put` is as strict as a presigned upload."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._signed: dict[str, Document] = {}

    def upload(self, key: str, document: Document) -> Upload:
        """An address that `put` accepts."""
        self._signed[key] = document
        return Upload(f"{_MEMORY}{key}", upload_headers(document))

    def put(self, url: str, content: bytes) -> None:
        """Stores an upload. Raises PermissionError where S3 would refuse it."""
        key = url.removeprefix(_MEMORY)
        if self._signed.get(key) != Document(hashlib.sha256(content).hexdigest(), len(content)) or key in self.files:
            raise PermissionError("not what was signed, or there already")
        self.files[key] = content

    def beginning(self, key: str, size: int) -> bytes:
        """The first five bytes of a stored file of this size."""
        content = self.files.get(key, b"")
        return content[:BEGINNING] if len(content) == size else b""

    def link(self, key: str) -> str:
        """An address that names the file."""
        return f"{_MEMORY}{key}"
