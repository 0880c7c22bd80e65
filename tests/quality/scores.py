"""What is measured of a draft: against the editor's, and against the lecture."""

import re
from dataclasses import dataclass
from statistics import mean

from nltk.metrics import pk, windowdiff
from rouge_score.rouge_scorer import RougeScorer

from services.catalog.domain.draft import Draft
from services.catalog.domain.grounding import check_draft
from services.catalog.domain.words import plain
from tests.quality.lectures import Example


@dataclass(frozen=True)
class Scores:
    """Of one draft. `windowdiff` and `pk` are better the lower they are, all others the higher."""

    chapters: float
    windowdiff: float
    pk: float
    keywords: float
    rouge_1: float
    rouge_l: float
    grounded: float


class _Characters:
    """Chinese by character, other scripts by word."""

    def tokenize(self, text: str) -> list[str]:
        return re.findall(r"[a-z0-9]+|[^\W0-9a-z_]", plain(text))


_ROUGE = RougeScorer(["rouge1", "rougeL"], tokenizer=_Characters())


def score(example: Example, draft: Draft) -> Scores:
    """All scores of a draft."""
    begins = [chapter.source.first - 1 for chapter in draft.chapters]
    missed, parted = boundary_scores(example, begins)
    rouge = rouge_scores(example, draft.abstract)
    return Scores(
        len(begins), missed, parted, keyword_recall(example, draft.keywords), *rouge, _grounded(example, draft)
    )


def boundary_scores(example: Example, begins: list[int]) -> tuple[float, float]:
    """WindowDiff and Pk over sentences, with half an editor's chapter as the window."""
    count = len(example.transcript.sentences)
    places = example.chapter_places()
    window = max(2, round(count / len(places) / 2))
    ours, editors = _marks(begins, count), _marks(places, count)
    return windowdiff(editors, ours, window), pk(editors, ours, window)


def _marks(begins: list[int], count: int) -> str:
    return "".join("1" if place in set(begins) - {0} else "0" for place in range(count))


def keyword_recall(example: Example, keywords: tuple[str, ...]) -> float:
    """The share of the editor's keywords that were proposed, whole, or as a part that is at least half of them."""
    found = [any(_same(plain(editors), plain(ours)) for ours in keywords) for editors in example.reference.keywords]
    return mean(found)


def _same(editors: str, ours: str) -> bool:
    return (ours in editors or editors in ours) and 2 * min(len(ours), len(editors)) >= max(len(ours), len(editors))


def rouge_scores(example: Example, abstract: str) -> tuple[float, float]:
    """F1 of ROUGE-1 and ROUGE-L against the editor's abstract."""
    rouge = _ROUGE.score(example.reference.abstract, abstract)
    return rouge["rouge1"].fmeasure, rouge["rougeL"].fmeasure


def _grounded(example: Example, draft: Draft) -> float:
    """The share of parts that the check finds in the stretch of the lecture that they name."""
    parts: list[tuple[str, int | None]] = [("abstract", None)] if draft.abstract else []
    for block in ("keywords", "chapters", "key_points", "questions"):
        parts += [(block, place) for place in range(len(getattr(draft, block)))]
    marked = {(mark.block, mark.part) for mark in check_draft(example.lecture, draft)}
    return sum(part not in marked for part in parts) / len(parts)
