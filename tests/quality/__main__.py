"""`make quality`: scores summarisers on lectures that an editor summarised, beside what comes without a method.

`--write` writes docs/summary-quality.md, of what needs no model. `--model` scores a model of an OpenAI-compatible
endpoint, too (OPENAI_BASE_URL, OPENAI_API_KEY). Exit status 1 where the embedded default is no better than a baseline.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from time import perf_counter

from services.catalog.adapters.extractive import extract_summary
from services.catalog.adapters.openai_endpoints import ChatModel, endpoint
from services.catalog.app.summaries.write_summary import write_summary
from services.catalog.domain.draft import Draft, Lecture
from services.catalog.domain.grounding import support
from services.catalog.domain.transcript import joined
from tests.quality import baselines
from tests.quality.lectures import Example, read_examples
from tests.quality.scores import Scores, score

PAGE, TEMPLATE = Path("docs/summary-quality.md"), Path(__file__).with_name("page.md")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE}")
    parser.add_argument("--model", action="append", default=[], help="a chat model to score beside")
    options = parser.parse_args(arguments)
    examples = read_examples()
    scored = {"extractive": [_scored(extract_summary, example) for example in examples]}
    for model in options.model:
        scored[model] = [_scored(_written_by(model), example) for example in examples]
    page = _page(examples, scored)
    print(page)
    if options.write:
        PAGE.write_text(page, "utf-8")
    pairs = zip(examples, scored["extractive"], strict=True)
    worse = [name for example, own in pairs for name in _worse(example, own)]
    for name in worse:
        print(f"No better than a baseline: {name}", file=sys.stderr)
    return 1 if worse else 0


def _scored(summarise: Callable[[Lecture], Draft], example: Example) -> Scores:
    print(f"{example.name} …", file=sys.stderr, flush=True)
    begun = perf_counter()
    draft = summarise(example.lecture)
    print(f"  {perf_counter() - begun:.1f} s", file=sys.stderr, flush=True)
    return score(example, draft)


def _written_by(model: str) -> Callable[[Lecture], Draft]:
    def progress(done: int, total: int) -> None:
        print(f"  {model} {done}/{total}", file=sys.stderr, flush=True)

    return lambda lecture: write_summary(ChatModel(endpoint(), model), lecture, progress)


def _worse(example: Example, own: Scores) -> list[str]:
    """The scores in which the embedded default is not better than any baseline."""
    chapters = min(baselines.equal_chapters(example)[0], baselines.chance_chapters(example)[0])
    rouge = max(baselines.first_sentences(example)[0], baselines.chance_sentences(example)[0])
    words = max(baselines.commonest_words(example), baselines.chance_words(example))
    found = {"chapters": own.windowdiff < chapters, "abstract": own.rouge_1 > rouge, "keywords": own.keywords >= words}
    return [f"{example.name}: {name}" for name, better in found.items() if not better]


def _page(examples: Sequence[Example], scored: dict[str, list[Scores]]) -> str:
    names = [example.name for example in examples]
    head = f"| | {' | '.join(names)} |\n|---|{'---|' * len(names)}"
    chapters = [(name, [f"{s.windowdiff:.2f} / {s.pk:.2f}" for s in own]) for name, own in scored.items()]
    chapters += [
        ("extractive, by words alone", [_pair(baselines.words_alone(e)) for e in examples]),
        ("*equal length*", [_pair(baselines.equal_chapters(e)) for e in examples]),
        ("*chance*", [_pair(baselines.chance_chapters(e)) for e in examples]),
    ]
    abstracts = [(name, [f"{s.rouge_1:.2f} / {s.rouge_l:.2f}" for s in own]) for name, own in scored.items()]
    abstracts += [
        ("*first sentences*", [_pair(baselines.first_sentences(e)) for e in examples]),
        ("*chance*", [_pair(baselines.chance_sentences(e)) for e in examples]),
    ]
    keywords = [(name, [f"{s.keywords:.2f}" for s in own]) for name, own in scored.items()]
    keywords += [
        ("*commonest words*", [f"{baselines.commonest_words(e):.2f}" for e in examples]),
        ("*chance*", [f"{baselines.chance_words(e):.2f}" for e in examples]),
    ]
    grounded = [(name, [f"{s.grounded:.2f}" for s in own]) for name, own in scored.items()]
    counts = [("editor", [str(len(e.reference.chapters)) for e in examples])]
    counts += [(name, [f"{s.chapters:.0f}" for s in own]) for name, own in scored.items()]
    own_part, other_part = _check_of_the_check(examples[0])
    tables = {
        "boundaries": _table(head, chapters), "abstracts": _table(head, abstracts), "keywords": _table(head, keywords),
        "grounded": _table(head, grounded), "counts": _table(head, counts),
        "sentences": _table(head, [("sentences", [str(len(e.transcript.sentences)) for e in examples])]),
        "own": f"{own_part:.0%}", "other": f"{other_part:.0%}", "demo": examples[0].name,
    }  # fmt: skip
    return TEMPLATE.read_text("utf-8").format(**tables)


def _check_of_the_check(demo: Example) -> tuple[float, float]:
    """How many of an editor's chapters are found where they are, and how many somewhere else."""
    course = demo.reference
    begins = [*demo.chapter_places(), len(demo.transcript.sentences)]
    said = [
        joined(sentence.text for sentence in demo.transcript.sentences[first:last]) for first, last in pairwise(begins)
    ]
    texts = course.summaries
    own = [support(text, said[place]).found for place, text in enumerate(texts)]
    other = [
        support(text, part).found for place, text in enumerate(texts) for at, part in enumerate(said) if at != place
    ]
    return sum(own) / len(own), sum(other) / len(other)


def _pair(scores: tuple[float, float]) -> str:
    return f"{scores[0]:.2f} / {scores[1]:.2f}"


def _table(head: str, rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    return "\n".join([head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)])


if __name__ == "__main__":
    sys.exit(main())
