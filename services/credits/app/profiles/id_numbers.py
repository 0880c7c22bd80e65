"""Identity numbers of the mainland, as a library knows them."""

import re

from stdnum import numdb
from stdnum.cn import ric

from services.credits.domain.profile import EARLIEST_BIRTHDAY, born_on

_ID_NUMBER = re.compile("[0-9]{17}[0-9X]")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX")
_TAIWAN = "830000"
"""The area in numbers of residence permits for residents of Taiwan, which the library's table lacks."""


def clean_id_number(text: str) -> str:
    """An identity number of the mainland (GB 11643-1999). Length, date and check character decide, the area does not.

    Raises:
        ValueError: one of these is not right.
    """
    number = text.strip().translate(_FULL_WIDTH).upper()
    if not _ID_NUMBER.fullmatch(number) or number[-1] != ric.calc_check_digit(number):
        raise ValueError("not 17 digits and the digit or X that follows from them")
    if born_on(number) < EARLIEST_BIRTHDAY:
        raise ValueError("nobody was born on that day who lives")
    return number


def knows_area(id_number: str) -> bool:
    """Whether the area in an identity number is one that there is, or was; no table has all, so this can only warn."""
    area = id_number[:6]
    return area == _TAIWAN or any("county" in found for _, found in numdb.get("cn/loc").info(area))
