"""Whether the lecture says what a draft says. Pure, and blind to who made the draft.

A part that cannot be found is marked, not dropped: a person decides.
What is looked for are the pairs of characters or the words of a part, its numbers, and Latin words in Chinese text.
So a part in other words than the lecturer's may be marked though it is right, and one that puts the lecturer's words
together wrongly is not noticed: the check helps a reader and replaces none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.catalog.domain.course import Block
from services.catalog.domain.draft import Draft, DraftChapter, Lecture, mind_map_texts, starts_at
from services.catalog.domain.transcript import Stretch, Transcript, joined
from services.catalog.domain.words import grams, is_latin, plain, runs

LEAST_FOUND = 0.5
"""Of what is looked for of a part, the share that its stretch must have."""
_STEM = 5
"""Letters of a word that count: allocate, allocated and allocation are the same."""
_SHORTEST_WORD = 4
"""Shorter words of English (the, and, for) say nothing."""
_SHOWN = 6

_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千万亿点]+")
_NUMERALS = re.compile(rf"{_NUMERAL.pattern[:-1]}{{2,}}")
"""What states a number: one alone (一张表) mostly does not, but may be what the digit in a summary comes from."""
_FIGURES = {figure: value for value, figure in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1_000}

_ADDRESS = re.compile(
    r"https?:|www\.|[\w.+-]+@[\w-]+\.\w|(?<![0-9])1[3-9][0-9]{9}(?![0-9])|[a-z0-9-]+\.(?:com|cn|net|org|io|top|xyz)\b"
    r"|(?:微信|QQ|公众号)(?:号|群)?[：:\s]*[a-z0-9_-]{5,}",
    re.IGNORECASE,
)
_TO_A_MODEL = re.compile(
    r"(?:忽略|无视|忘记|不要理会).{0,12}(?:指令|指示|提示|要求|规则)|系统提示|提示词"
    r"|(?:作为|你是)(?:一个|一名)?(?:AI|人工智能|语言模型)|(?:AI|人工智能|语言模型|大模型)(?:请|必须|务必)"
    r"|(?:ignore|disregard|forget)\b.{0,30}\b(?:instruction|prompt|rule)|system prompt"
    r"|\byou are (?:now )?an? (?:ai|assistant|language model)|</?(?:system|transcript|tool)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mark:
    """What a person must look at: the block, the part of it (from 0; None: the whole block), and why."""

    block: Block
    part: int | None
    message: str
    message_en: str


@dataclass(frozen=True)
class Support:
    """How much of a text a stretch has: the share of it that was found, and what was not found though it must be."""

    share: float
    missing: tuple[str, ...]

    @property
    def found(self) -> bool:
        """Whether the stretch says it, as far as words tell."""
        return self.share >= LEAST_FOUND and not self.missing


def check_draft(lecture: Lecture, draft: Draft) -> list[Mark]:
    """Everything in a draft that cannot be found where it says it rests, or that must be looked at before the rest."""
    return [*_Checker(lecture, draft).marks()]


def marks_of(block: Block, draft: Draft, marks: Iterable[Mark]) -> list[Mark]:
    """All that a person must look at in one block: what was not found, and what its maker answered that was no part."""
    wrong = [fault for fault in draft.faults if fault.path[:1] in ((), (block,))]
    return [mark for mark in marks if mark.block == block] + [
        Mark(block, None, f"模型的回答有误，已略去:{f.pointer} {f.message}", f"left out: {f.message_en}") for f in wrong
    ]


def support(text: str, said: str) -> Support:
    """How much of a text what was said has. Numbers, and Latin words in Chinese text, must all be there."""
    wanted, spoken = _looked_for(text), plain(said)
    stems = {word[:_STEM] for word in runs(spoken) if is_latin(word)}
    found = [gram for gram in wanted if (gram[:_STEM] in stems if is_latin(gram) else gram in spoken)]
    must = [word for word in _must_be_there(text) if not _is_said(word, spoken, stems)]
    numbers = _numbers(said, _NUMERAL)
    must += [number for number in sorted(_numbers(text, _NUMERALS)) if number not in numbers]
    return Support(len(found) / len(wanted) if wanted else 1.0, tuple(dict.fromkeys(must)))


def addresses_a_model(text: str) -> bool:
    """Whether a sentence reads as if it spoke to a model rather than to learners."""
    return _TO_A_MODEL.search(text) is not None


@dataclass
class _Checker:
    lecture: Lecture
    draft: Draft

    def marks(self) -> Iterator[Mark]:
        yield from self._keywords()
        yield from self._abstract()
        yield from self._chapters()
        yield from self._mind_map()
        yield from self._key_points()
        yield from self._questions()

    @property
    def transcript(self) -> Transcript:
        return self.lecture.transcript

    def _keywords(self) -> Iterator[Mark]:
        spoken = plain(self.transcript.text)
        for part, word in enumerate(self.draft.keywords):
            if plain(word) not in spoken:
                yield Mark("keywords", part, f"讲稿里没有「{word}」", f"“{word}” is not in the transcript")
            yield from _unwanted("keywords", part, word)

    def _abstract(self) -> Iterator[Mark]:
        if self.draft.abstract:
            yield from self._unsupported("abstract", None, self.draft.abstract, self.transcript.text)

    def _chapters(self) -> Iterator[Mark]:
        before: DraftChapter | None = None
        for part, chapter in enumerate(self.draft.chapters):
            yield from self._part("chapters", part, f"{chapter.title}\n{chapter.summary}", chapter.source)
            if before and chapter.source.first <= before.source.first:
                yield Mark("chapters", part, "没有晚于上一章节开始", "does not begin after the chapter before")
            before = chapter

    def _mind_map(self) -> Iterator[Mark]:
        texts = mind_map_texts(self.draft.mind_map) if self.draft.mind_map else ()
        said = f"{self.lecture.title}\n{self.transcript.text}"
        for part, text in enumerate(texts):
            yield from self._unsupported("mind_map", part, text, said)

    def _key_points(self) -> Iterator[Mark]:
        for part, point in enumerate(self.draft.key_points):
            yield from self._part("key_points", part, point.answer, point.source)
            yield from _unwanted("key_points", part, point.question)

    def _questions(self) -> Iterator[Mark]:
        for part, question in enumerate(self.draft.questions):
            right = question.choices[question.answer]
            yield from self._part("questions", part, f"{question.text}\n{right}", question.source)
            for choice in question.choices:
                yield from _unwanted("questions", part, choice)

    def _part(self, block: Block, part: int, text: str, source: Stretch) -> Iterator[Mark]:
        if not self.transcript.has(source):
            named = f"{source.first}–{source.last}"
            message = f"所依据的第 {named} 句不在讲稿中"
            yield Mark(block, part, message, f"rests on sentences {named}, which the transcript has not")
            return
        if starts_at(self.transcript, source) >= self.lecture.duration_ms:
            yield Mark(block, part, "开始于视频结束之后", "begins after the lecture's end")
        sentences = self.transcript.within(source)
        if any(addresses_a_model(sentence.text) for sentence in sentences):
            message = "所依据的讲稿像是在对模型下指令"
            yield Mark(block, part, message, "rests on sentences that read as instructions to a model")
        yield from self._unsupported(block, part, text, joined(sentence.text for sentence in sentences))

    def _unsupported(self, block: Block, part: int | None, text: str, said: str) -> Iterator[Mark]:
        yield from _unwanted(block, part, text)
        backed = support(text, said)
        if backed.missing:
            shown = "、".join(backed.missing[:_SHOWN])
            yield Mark(block, part, f"讲稿的相应部分没有:{shown}", f"not in that part of the transcript: {shown}")
        elif not backed.found:
            percent = f"{backed.share:.0%}"
            message = f"讲稿的相应部分只有其中 {percent} 的字词"
            yield Mark(block, part, message, f"only {percent} of its words are in that part of the transcript")


def _unwanted(block: Block, part: int | None, text: str) -> Iterator[Mark]:
    """What no summary needs, and what somebody might want to smuggle into one."""
    address = _ADDRESS.search(text)
    if address:
        shown = address[0][:40]
        yield Mark(block, part, f"含有网址或联系方式「{shown}」", f"contains an address or a contact, “{shown}”")
    if addresses_a_model(text):
        yield Mark(block, part, "像是对模型的指令", "reads as an instruction to a model")


def _looked_for(text: str) -> list[str]:
    found = [gram for run in runs(plain(text)) for gram in grams(run)]
    return [gram for gram in found if len(gram) >= (_SHORTEST_WORD if is_latin(gram) else 2)]


def _must_be_there(text: str) -> list[str]:
    """Latin words in Chinese text: names and abbreviations, which nobody puts in other words."""
    words = runs(plain(text))
    latin = [word for word in words if is_latin(word) and not word.isdigit() and len(word) > 1]
    return latin if sum(map(len, words)) > 2 * sum(map(len, latin)) else []


def _is_said(word: str, spoken: str, stems: set[str]) -> bool:
    return word[:_STEM] in stems or word in spoken


def _numbers(text: str, numerals: re.Pattern[str]) -> set[str]:
    flat = text.replace(",", "").replace("，", " ")
    digits = {_shown(float(number)) for number in _DIGITS.findall(flat)}
    spelled = {_value(word) for word in numerals.findall(text)}
    return digits | {_shown(value) for value in spelled if value is not None}


def _shown(value: float) -> str:
    return f"{value:.10g}"


def _value(numerals: str) -> float | None:
    """What Chinese numerals say; None for what is no number, such as 点点."""
    whole, _, fraction = numerals.partition("点")
    if not whole or (fraction and not set(fraction) <= _FIGURES.keys()):
        return None
    if set(whole) <= _FIGURES.keys():
        value = float("".join(str(_FIGURES[figure]) for figure in whole))
    else:
        value = _counted(whole)
    return value + float("0." + "".join(str(_FIGURES[figure]) for figure in fraction)) if fraction else value


def _counted(numerals: str) -> float:
    total, section, figure = 0, 0, 0
    for numeral in numerals:
        if numeral in _FIGURES:
            figure = _FIGURES[numeral]
        elif numeral in _TENS:
            section += (figure or 1) * _TENS[numeral]
            figure = 0
        elif numeral == "万":
            total, section, figure = total + (section + figure) * 10_000, 0, 0
        else:
            total, section, figure = (total + section + figure) * 100_000_000, 0, 0
    return float(total + section + figure)
