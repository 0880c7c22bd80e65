"""Where a service keeps its state: one port, a DynamoDB adapter, and a strict in-memory fake."""

from services.kit.store.port import (
    ABSENT,
    Change,
    Check,
    Conflict,
    Key,
    Put,
    Store,
    Stored,
    Write,
    commit_retrying,
)

__all__ = ["ABSENT", "Change", "Check", "Conflict", "Key", "Put", "Store", "Stored", "Write", "commit_retrying"]
