"""Which question a prompt asks, and in which order its choices are shown: drawn by a keyed function, stored nowhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.kit.kinds import NOTHING, stored
from services.playback.domain.ids import WatchId

Draw = Callable[[bytes], bytes]
"""A keyed pseudo-random function: nobody without the key can predict its bytes."""


@dataclass(frozen=True)
class Question:
    """Of a content version. `answer` is the index of the right one of `choices` and never leaves the server."""

    text: str
    choices: tuple[str, ...]
    answer: int


@stored(shape=1, personal=NOTHING)
class QuestionSet:
    """The questions of one content version, which never change; only a wrong answer may be put right."""

    questions: tuple[Question, ...]


@dataclass(frozen=True)
class ShownQuestion:
    """A question as one learner sees it. `order`: the indices of its choices as they are shown."""

    text: str
    choices: tuple[str, ...]
    order: tuple[int, ...]
    answer: int

    def is_right(self, shown: int) -> bool:
        """Whether the choice shown at this place is the right one."""
        return self.order[shown] == self.answer


def shown_question(watch_id: WatchId, prompt_index: int, questions: Sequence[Question], draw: Draw) -> ShownQuestion:
    """The question of a watch's prompt. No question comes twice before every other one has come."""
    turn = _shuffled(len(questions), f"{watch_id}|questions", draw)
    question = questions[turn[prompt_index % len(turn)]]
    order = _shuffled(len(question.choices), f"{watch_id}|{prompt_index}|choices", draw)
    shown = tuple(question.choices[place] for place in order)
    return ShownQuestion(question.text, shown, order, question.answer)


def _shuffled(count: int, purpose: str, draw: Draw) -> tuple[int, ...]:
    return tuple(sorted(range(count), key=lambda place: draw(f"{purpose}|{place}".encode())))
