"""People's names: what was meant by what was typed or pasted, in which form it is kept, and what strangers see of it.

Nothing here asks the interpreter what a character is: newer ones than it knows are taken by their place, and what is
folded into others is listed, so that a name is the same under every version of Unicode.
"""

import re
import unicodedata

_TWELVE = "\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27-\ufa29"
"""Characters like any other, which lie in the block of those that are kept for compatibility."""

HAN = f"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003fffd\u3007{_TWELVE}"
"""Chinese characters: planes 2 and 3 whole, which Unicode has set aside for them."""

_LATIN = r"A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"

REAL_NAME = (
    rf"([{HAN}]{{1,25}}(·[{HAN}]{{1,25}}){{1,5}}|[{HAN}]{{2,25}}"
    rf"|[{_LATIN}]+\.?([ '’-]+[{_LATIN}]+\.?){{1,9}})"
)
MAX_REAL_NAME = 60
"""Characters; the longest on the mainland's identity cards are about half of it."""

_FOLDED = re.compile("[\u2f00-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1d\ufb00-\ufb06\uff01-\uff5e]")
"""Radicals, ligatures and wide letters: what stands for other characters, by Unicode's own tables (NFKC)."""
_RADICALS = str.maketrans(
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺"
    "⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀"
    "聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
)
"""Radicals that PDFs give in place of the characters they look like (Unicode's EquivalentUnifiedIdeograph)."""
_DOTS = str.maketrans(dict.fromkeys("•‧・･∙⋅᛫●⸱ꞏ˙", "·"))
_TYPED_DOT = re.compile(rf"(?<=[{HAN}])\s*[.。｡﹒․·]\s*(?=[{HAN}])")
"""What keyboards give for the interpunct of names such as 阿卜杜拉·买买提; full stops only between such characters."""
_MARKS = str.maketrans({**dict.fromkeys("‐‑‒–−", "-"), **dict.fromkeys("‘ʼ`´", "'")})
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Which shape of a character is wanted: the same name."""


def meant(text: str) -> str:
    """The name that was meant by what was typed or pasted, whether it has the form of one or not."""
    name = _VARIANTS.sub("", text).translate(_RADICALS)
    name = _FOLDED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), name)
    name = unicodedata.normalize("NFC", name.translate(_MARKS)).translate(_DOTS)
    return _TYPED_DOT.sub("·", " ".join(name.split()))


def clean_real_name(text: str) -> str:
    """A name as it is printed: Chinese characters, with · between the parts of some; or Latin letters in two parts.

    Raises:
        ValueError: it has neither form.
    """
    name = meant(text)
    if len(name) > MAX_REAL_NAME or not re.fullmatch(REAL_NAME, name):
        raise ValueError("not the form of a name: Chinese characters, with · inside; or given and family name in Latin")
    return name


def masked(name: str) -> str:
    """A name as strangers see it: the first character, the others as stars."""
    return name[:1] + re.sub(r"\S", "*", name[1:])


def same_name(one: str, other: str) -> bool:
    """Whether two people would call these the same name: spaces, width and case aside."""
    return plain_name(one) == plain_name(other)


def plain_name(name: str) -> str:
    """What names that people would call the same have in common."""
    return "".join(unicodedata.normalize("NFKC", meant(name)).casefold().split())
