"""The certificates that hours count for, and the two categories of hours."""

from enum import StrEnum


class Credential(StrEnum):
    """A professional certificate."""

    AFP = "AFP"
    CFP = "CFP"
    EFP = "EFP"
    CPB = "CPB"
    CTP = "CTP"


class Category(StrEnum):
    """必修 or 选修."""

    COMPULSORY = "compulsory"
    ELECTIVE = "elective"
