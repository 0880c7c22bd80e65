"""The search's files in memory."""

from services.catalog.app.ports import SearchFile


class MemorySearchFiles:
    """Each put gives the file another tag. `read` notes which files were handed out."""

    def __init__(self) -> None:
        self.files: dict[str, SearchFile] = {}
        self.read: list[str] = []
        self._puts = 0

    def get(self, name: str, known: str = "") -> SearchFile | None:
        """The file, if it is another one than the known one."""
        found = self.files.get(name)
        if found is None or found.tag == known:
            return None
        self.read.append(name)
        return found

    def put(self, name: str, content: bytes) -> None:
        """Replaces the file."""
        self._puts += 1
        self.files[name] = SearchFile(content, f'"{self._puts}"')
