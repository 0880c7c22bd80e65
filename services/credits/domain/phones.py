"""Phone numbers: in E.164, mainland China's by their own form."""

import re

PHONE = r"\+[1-9][0-9]{6,14}"
MAINLAND = "86"
_FORMS = {MAINLAND: re.compile(r"\+861[3-9][0-9]{9}")}
"""Of countries whose mobile numbers are told from others by their form: what is no mobile gets no message."""
_SHOWN_DIGITS = 4


def is_served(number: str, countries: tuple[str, ...]) -> bool:
    """Whether codes are sent to this number: it is of one of these calling codes, and a mobile where that is known."""
    for country in countries:
        if number.startswith(f"+{country}"):
            return country not in _FORMS or _FORMS[country].fullmatch(number) is not None
    return False


def hidden_number(number: str) -> str:
    """The number as its holder knows it again and nobody else does: "+86 138****5678"."""
    country = f"+{MAINLAND}" if number.startswith(f"+{MAINLAND}") else ""
    digits = number.removeprefix(country)
    shown = digits[: max(len(digits) - 2 * _SHOWN_DIGITS, 0)]
    return f"{country} {shown}****{digits[-_SHOWN_DIGITS:]}".strip()
