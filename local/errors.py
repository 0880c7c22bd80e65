"""What the local runtime says when it cannot go on."""


class LocalError(Exception):
    """One sentence: what is wrong and what to do about it."""
