"""The fake of where evidence packs and heads are kept."""


class MemoryArchive:
    """Keeps documents in a dictionary; what was put first under a name stays."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, name: str, content: bytes) -> None:
        """Keeps it unless something of that name is kept."""
        self.kept.setdefault(name, content)

    def get(self, name: str) -> bytes | None:
        """What is kept; None where there is nothing."""
        return self.kept.get(name)

    def names(self, beginning: str = "") -> list[str]:
        """Every name that is kept and begins so, in order."""
        return sorted(name for name in self.kept if name.startswith(beginning))
