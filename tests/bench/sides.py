"""The two sides of a comparison: programs that are started and called, and what that takes of the processor.

Cold is a process of its own for each sample: everything from its start to its end, user and system time. Warm is what a
call takes in a process that has answered before. Pairs are interleaved, and the median of their ratios is what counts:
what else the machine does then meets both sides.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

Json = dict[str, Any]
WORKER = Path(__file__).with_name("worker.py")


class WrongAnswer(Exception):
    """What is measured does not do what it should: a figure of it would say nothing."""


def _nothing() -> None:
    """Most programs need nothing to be done before they start."""


@dataclass
class Side:
    """A program with a handler, and the event that it is called with.

    `right` says whether an answer is. With `chain` each answer has the next call's token; `answered_bytes` are those of
    the latest one. `prepare` is done before each process, and not measured.
    """

    name: str
    handler: str
    path: Sequence[str]
    environment: dict[str, str]
    event: Json
    right: Callable[[Any], bool]
    chain: bool = False
    log: Path = field(default=Path(os.devnull))
    answered_bytes: int = 0
    prepare: Callable[[], None] = _nothing

    def cold(self) -> float:
        """A process that starts, answers once and ends: its CPU time, milliseconds. Raises WrongAnswer."""
        self.prepare()
        with self._started() as worker:
            self._call(worker, 1)
            assert worker.stdin
            worker.stdin.close()
            _, status, used = os.wait4(worker.pid, 0)
            worker.returncode = os.waitstatus_to_exitcode(status)
        return 1000 * (used.ru_utime + used.ru_stime)

    @contextlib.contextmanager
    def warm(self) -> Iterator[Callable[[int], list[float]]]:
        """A process that has answered once: calling it so often says what each call took, CPU milliseconds."""
        with self._started() as worker:
            self._call(worker, 1)
            yield lambda times: self._call(worker, times)
            assert worker.stdin
            worker.stdin.close()

    @contextlib.contextmanager
    def _started(self) -> Iterator["subprocess.Popen[str]"]:
        given = {"path": list(self.path), "handler": self.handler, "log": str(self.log)}
        command = [sys.executable, "-I", "-S", str(WORKER), json.dumps(given)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=self.environment) as worker:  # noqa: S603
            try:
                yield worker
            except BaseException:
                worker.kill()
                raise

    def _call(self, worker: "subprocess.Popen[str]", times: int) -> list[float]:
        assert worker.stdin
        assert worker.stdout
        worker.stdin.write(json.dumps({"event": self.event, "times": times, "chain": self.chain}) + "\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
        if not line:
            raise WrongAnswer(f"{self.name} ended without an answer: {self._last_words()}")
        said = json.loads(line)
        if not self.right(said["answer"]):
            raise WrongAnswer(f"{self.name} answered {json.dumps(said['answer'])[:600]}; {self._last_words()}")
        if self.chain:
            follow(self.event, said["answer"])
            self.answered_bytes = len(said["answer"]["body"])
        return [float(took) for took in said["took"]]

    def _last_words(self) -> str:
        return self.log.read_text("utf-8", "replace")[-1500:]


def follow(event: Json, answer: Json) -> None:
    """As the worker does: the answer's token goes into the next beat, a millisecond further on."""
    said = json.loads(answer["body"])
    event["body"] = json.dumps({"token": said["token"], "position_ms": said["furthest_ms"] + 1})


@dataclass(frozen=True)
class Ratio:
    """What one side takes in units of the other: the median of the pairs' ratios, and of each side's own times, ms."""

    value: float
    milliseconds: float
    of_milliseconds: float


def cold_ratio(side: Side, to: Side, pairs: int) -> Ratio:
    """Processes, one of each in turn. The first of each fills the disk's cache and is not counted."""
    side.cold(), to.cold()
    return _ratio([(side.cold(), to.cold()) for _ in range(pairs)])


def warm_ratio(side: Side, to: Side, pairs: int, calls: int = 20) -> Ratio:
    """Two processes that both have answered, some calls of each in turn; a pair is the median call of each."""
    with side.warm() as this, to.warm() as other:
        this(calls), other(calls)
        return _ratio([(median(this(calls)), median(other(calls))) for _ in range(pairs)])


def _ratio(pairs: Sequence[tuple[float, float]]) -> Ratio:
    return Ratio(
        median(side / to for side, to in pairs), median(side for side, _ in pairs), median(to for _, to in pairs)
    )
