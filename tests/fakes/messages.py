"""Fakes of what takes short messages and mails."""

from dataclasses import dataclass, field


@dataclass
class SentMessages:
    """Keeps codes by number."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    fails: bool = False

    def send(self, number: str, code: str) -> None:
        """Keeps one."""
        if self.fails:
            raise ConnectionError(number)
        self.sent.append((number, code))


@dataclass
class SentMails:
    """Keeps mails: address, subject, text."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def send(self, address: str, subject: str, text: str) -> None:
        """Keeps one."""
        self.sent.append((address, subject, text))
