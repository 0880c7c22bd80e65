"""What speaks against a document. Codes are those of docs/evidence-format.md."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing: its code, and where or how, in English."""

    code: str
    detail: str = ""
