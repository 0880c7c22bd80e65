"""Summaries without a model: the lecture's own sentences, chosen and put in order.

Nothing is written: abstract, summaries and answers are sentences of the transcript, titles clauses or keywords of it.
Prompt questions are left to a person: a sentence with a gap often has two right choices, and hours hang on the answers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.catalog.adapters.lecture_words import Words, read_words
from services.catalog.domain.course import MindMapNode
from services.catalog.domain.draft import EXTRACTIVE, Draft, DraftChapter, DraftKeyPoint, Lecture
from services.catalog.domain.grounding import addresses_a_model
from services.catalog.domain.topics import divide, rank, stretches
from services.catalog.domain.transcript import Sentence, Stretch, joined

KEYWORDS = 12
BRANCHES_BELOW = 4
SECONDS_BY_ROOT_OF_MINUTES = 42.0
"""How long a chapter usually is: three minutes in a lecture of 18, five in one of 50, seven in one of 100."""
_ABSTRACT_WIDTH = 320
_SUMMARY_WIDTH = 120
_ANSWER_WIDTH = 200
_ANSWER_SENTENCES = 4
_TITLE_WIDTH = 24

_TURN = re.compile(
    r"^(?:好|那么|那|ok|okay|all right|so|now)?[，,\s]*"
    r"(?:接下来|下面|下一|再来|最后|进入|讲完|说完|看完|总结一下|小结|回到|说到这里|我们(?:先|再|接着|来)"
    r"|第[一二三四五六七八九十]+(?:部分|个部分|讲|章|节|块|步|件事|个问题|个话题)"
    r"|next\b|let's (?:turn|move|look|start|begin|talk)|let us (?:turn|move|look|start|begin|talk)"
    r"|moving on|turning to|finally\b|that brings|to (?:sum|wrap) up|in summary|to close"
    r"|the (?:next|last|final|first|second|third|fourth|fifth) (?:part|topic|step|question|idea|piece))",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"本课|这一课|这节课|今天(?:我们|这)|课程|总之|一句话|关键|核心|this lecture|today|in short|the point|remember",
    re.I,
)
_LEANS = re.compile(
    r"^(?:这|那|它|他|她|所以|因为|但|而|并且|比如|例如|然后|其实|不过|否则|同样|也|还|it\b|this\b|that\b|they\b|he\b|she\b"
    r"|so\b|but\b|and\b|because\b|for example)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[？?]$")
_GREETS = re.compile(r"大家好|各位好|欢迎|谢谢|再见|下次见|welcome|thank you|hello", re.IGNORECASE)
_NAMES_TOPIC = re.compile(
    r"(?:接下来|下面|现在|最后|首先|我们|先|再)*(?:来)?"
    r"(?:讲|说|看|谈|讨论|进入|是|回到|talk about|look at|turn to|move on to)(?:的)?(?:是|一下|一讲|一看|讲|到)?"
    r"(?P<topic>[^，。：；？！,.;:?!]{2,60})(?=[，。：；？！,.;:?!])",
    re.IGNORECASE,
)
_TURN_GAIN, _OPENING_GAIN = 9.0, 1.5


def extract_summary(lecture: Lecture) -> Draft:
    """The draft of a lecture; empty where nothing is said."""
    sentences = lecture.transcript.sentences
    if not sentences:
        return Draft(EXTRACTIVE)
    words = read_words([sentence.text for sentence in sentences], lecture.terms, lecture.names)
    return _Summary(lecture, sentences, words).draft()


@dataclass(frozen=True)
class _Summary:
    lecture: Lecture
    sentences: Sequence[Sentence]
    words: Words

    def draft(self) -> Draft:
        ranks = self._ranks()
        topics = stretches(self._begins(), len(self.sentences))
        chapters = tuple(self._chapter(topic, ranks) for topic in topics)
        return Draft(
            made_by=EXTRACTIVE,
            keywords=tuple(self._spelled(word) for word in self.words.keywords(KEYWORDS)),
            abstract=self._abstract(topics, ranks),
            chapters=chapters,
            key_points=tuple(point for topic in topics for point in self._key_points(topic, ranks)),
            mind_map=self._mind_map(topics, chapters),
        )

    def _begins(self) -> list[int]:
        minutes = (self.sentences[-1].end_ms - self.sentences[0].start_ms) / 60_000
        expected = SECONDS_BY_ROOT_OF_MINUTES * max(minutes, 1.0) ** 0.5
        turns = [_TURN_GAIN if _TURN.search(sentence.text) else 0.0 for sentence in self.sentences]
        seconds = [(sentence.end_ms - sentence.start_ms) / 1000 for sentence in self.sentences]
        return divide(self.words.by_sentence, turns, seconds, expected)

    def _ranks(self) -> list[float]:
        """How central each sentence is; those that lean on another or say nothing of the subject come last."""
        central = rank(self.words.by_sentence, self.words.weights)
        return [value * self._worth(place) for place, value in enumerate(central)]

    def _worth(self, place: int) -> float:
        text = self.sentences[place].text
        if addresses_a_model(text) or _GREETS.search(text):
            return 0.0
        worth = _OPENING_GAIN if _OPENS.search(text) else 1.0
        worth *= 0.5 if _LEANS.search(text) else 1.0
        worth *= 0.3 if _ASKS.search(text) else 1.0
        return worth if 10 <= _width(text) <= 100 else worth * 0.4

    def _abstract(self, topics: Sequence[tuple[int, int]], ranks: Sequence[float]) -> str:
        """The best sentence of each topic, the best of these first until it is long enough, in the lecture's order."""
        best = sorted(
            (max(range(a, b + 1), key=lambda place: ranks[place]) for a, b in topics), key=lambda p: -ranks[p]
        )
        return self._fitting(best, _ABSTRACT_WIDTH)

    def _fitting(self, places: Sequence[int], width: int) -> str:
        chosen: list[int] = []
        for place in places:
            if not chosen or sum(_width(self.sentences[p].text) for p in (*chosen, place)) <= width:
                chosen.append(place)
        return joined(self.sentences[place].text for place in sorted(chosen))

    def _chapter(self, topic: tuple[int, int], ranks: Sequence[float]) -> DraftChapter:
        first, last = topic
        best = sorted(range(first, last + 1), key=lambda place: -ranks[place])[:3]
        return DraftChapter(self._title(topic), self._fitting(best, _SUMMARY_WIDTH), Stretch(first + 1, last + 1))

    def _title(self, topic: tuple[int, int]) -> str:
        """What the lecturer says the topic is, if they do as it begins; else its keywords."""
        first, last = topic
        keywords = self.words.keywords(2, range(first, last + 1))
        for place in range(first, min(first + 2, last + 1)):
            named = _NAMES_TOPIC.search(self.sentences[place].text)
            title = str(named["topic"]).strip() if named else ""
            if _width(title) <= _TITLE_WIDTH and any(word in title.casefold() for word in keywords):
                return title
        separator = "、" if re.search(r"[\u4e00-\u9fff]", "".join(keywords)) else ", "
        return separator.join(self._spelled(word) for word in keywords) or self.sentences[first].text[:_TITLE_WIDTH]

    def _key_points(self, topic: tuple[int, int], ranks: Sequence[float]) -> list[DraftKeyPoint]:
        """The question of a topic that the lecturer asks and answers best, where they ask one."""
        first, last = topic
        asked = [place for place in range(first, last) if self._is_question(place) and not self._is_question(place + 1)]
        if not asked:
            return []
        place = max(asked, key=lambda place: sum(ranks[place + 1 : place + 3]))
        answer = self._answer(place, last)
        return [DraftKeyPoint(self.sentences[place].text, answer[0], Stretch(place + 1, answer[1] + 1))]

    def _is_question(self, place: int) -> bool:
        return _ASKS.search(self.sentences[place].text) is not None and _width(self.sentences[place].text) >= 6

    def _answer(self, place: int, last: int) -> tuple[str, int]:
        end, width = place + 1, _width(self.sentences[place + 1].text)
        while end < min(last, place + _ANSWER_SENTENCES) and not self._is_question(end + 1):
            width += _width(self.sentences[end + 1].text)
            if width > _ANSWER_WIDTH or _TURN.search(self.sentences[end + 1].text):
                break
            end += 1
        return joined(sentence.text for sentence in self.sentences[place + 1 : end + 1]), end

    def _mind_map(self, topics: Sequence[tuple[int, int]], chapters: Sequence[DraftChapter]) -> MindMapNode:
        branches = []
        for (first, last), chapter in zip(topics, chapters, strict=True):
            words = [self._spelled(word) for word in self.words.keywords(BRANCHES_BELOW, range(first, last + 1))]
            branches.append(MindMapNode(chapter.title, tuple(MindMapNode(word) for word in words)))
        return MindMapNode(self.lecture.title, tuple(branches))

    def _spelled(self, word: str) -> str:
        """The word as it is written in the transcript, where it may have capitals."""
        found = re.search(re.escape(word), self.lecture.transcript.text, re.IGNORECASE)
        return found[0] if found else word


def _width(text: str) -> int:
    """Characters of Chinese; of English, half of them, which take as long to read."""
    wide = len(re.findall(r"[\u3000-\u9fff\uff00-\uffef]", text))
    return wide + (len(text) - wide) // 3
