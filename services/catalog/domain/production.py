"""A production: the way from a recording to a published course page. Pure.

Machines take its steps, one run of them after another; a person decides what of it is published.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from services.catalog.domain.course import Block
from services.catalog.domain.ids import CourseId, ProductionId
from services.catalog.domain.media import Caption
from services.catalog.domain.recording import Probe
from services.kit.kinds import Kept, stored

Language = Literal["zh", "en"]
Step = Literal["probe", "encode", "check", "transcribe", "summarise"]
STEPS: tuple[Step, ...] = get_args(Step)
"""In their order: look into the recording, package it, see that it plays, write down what is said, draft a summary."""
StepState = Literal["waiting", "running", "done", "skipped", "failed"]
ProductionState = Literal["bringing", "running", "reviewing", "failed", "cancelled", "published"]

_STAFF = Kept("started_by", because="staff answer for what they did", until="the table goes")


@dataclass(frozen=True)
class Hindrance:
    """Why something cannot go on, and what to do."""

    code: str
    message: str
    message_en: str


@dataclass(frozen=True)
class StepStatus:
    """How a step stands."""

    step: Step
    state: StepState = "waiting"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    percent: int | None = None
    problem: Hindrance | None = None


@dataclass(frozen=True)
class Run:
    """One execution of some steps; runs are numbered from 1.

    `block` is the only one that is drafted, where it is, and `over` the revision of it that the draft was asked for in
    place of, whoever wrote that. `drafting` is the number of the run with which drafting began: what a model answered
    from then on is used.
    """

    number: int
    steps: tuple[Step, ...]
    block: Block | None = None
    ended: bool = False
    drafting: int = 0
    over: int | None = None


@dataclass(frozen=True)
class PackagedRendition:
    """The lecture's picture in one size, or its sound alone (no size)."""

    name: str
    width: int | None
    height: int | None
    bits_per_second: int


@dataclass(frozen=True)
class PackagedLecture:
    """A lecture's files as they were checked: their folder, the object that lists them, and how long they play."""

    folder: str
    listed_in: str
    duration_ms: int
    renditions: tuple[PackagedRendition, ...] = ()
    has_previews: bool = True


@dataclass(frozen=True)
class Outcome:
    """The course's publication after it. Not `changed`: the course said all of it already, in one that was there."""

    publication: int
    published_at: datetime
    changed: bool = True


KEPT_MEDIA = tuple(StepStatus(step, "skipped" if step in {"probe", "encode"} else "waiting") for step in STEPS)
"""How steps stand where the media that are published are kept."""


@stored(shape=1, personal=_STAFF)
class Production:
    """How a production stands. What editors write is in items of its own.

    `base_publication` is the number of the course's publication that it began on (0: none), `base_media` the folder of
    that one's media where they are kept unless an editor brings another recording, `base_duration_ms` how long they
    play, and `base_captions` those of them in other languages, which are kept with them. `encoded_in` is the folder of
    what was made of the recording.
    """

    production_id: ProductionId
    course_id: CourseId
    title: str
    language: Language
    started_by: str
    started_at: datetime
    changed_at: datetime
    base_publication: int = 0
    base_media: str | None = None
    base_duration_ms: int | None = None
    base_captions: tuple[Caption, ...] = ()
    steps: tuple[StepStatus, ...] = tuple(StepStatus(step) for step in STEPS)
    run: Run | None = None
    probe: Probe | None = None
    encoded_in: str | None = None
    packaged: PackagedLecture | None = None
    cancelled_at: datetime | None = None
    published: Outcome | None = None

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self.run is not None and not self.run.ended and not self.is_closed

    @property
    def is_closed(self) -> bool:
        """Whether nothing of it can change any more."""
        return self.cancelled_at is not None or self.published is not None

    @property
    def state(self) -> ProductionState:
        """Where it stands as a whole."""
        if self.published:
            return "published"
        if self.cancelled_at:
            return "cancelled"
        if self.is_running:
            return "running"
        states = {status.state for status in self.steps}
        if "failed" in states:
            return "failed"
        return "reviewing" if states <= {"done", "skipped"} else "bringing"

    @property
    def current_step(self) -> Step | None:
        """The step that runs, comes next in a run, or failed."""
        wanted = ("running", "waiting") if self.is_running else ("failed",)
        steps = self.run.steps if self.run and self.is_running else STEPS
        return next((step for step in steps if self.status(step).state in wanted), None)

    @property
    def keeps_media(self) -> bool:
        """Whether the media that are published are kept: no recording takes their place."""
        return self.base_media is not None and self.status("probe").state == "skipped"

    @property
    def checked_ms(self) -> int | None:
        """How long the lecture is that learners would get; None: nothing was checked since a recording came."""
        return self.packaged.duration_ms if self.packaged and self.status("check").state == "done" else None

    @property
    def kept_ms(self) -> int | None:
        """How long the media play that are published and kept; None: they are not kept."""
        return self.base_duration_ms if self.keeps_media else None

    @property
    def shows_slides(self) -> bool:
        """Whether what is packaged shows slides or a cover, as its recording has no picture."""
        return self.probe is not None and self.probe.width is None

    def status(self, step: Step) -> StepStatus:
        """How a step stands."""
        return self.steps[STEPS.index(step)]

    def next_steps(self, first: Step | None) -> tuple[Step, ...]:
        """What a new run does: everything from this step on, and from the first that is not done."""
        undone = [STEPS.index(status.step) for status in self.steps if status.state not in {"done", "skipped"}]
        wanted = [] if first is None else [STEPS.index(first)]
        begin = min([*undone, *wanted], default=len(STEPS) - 1)
        return STEPS[max(begin, STEPS.index("check")) if self.keeps_media else begin :]

    def next_run(self, steps: tuple[Step, ...], block: Block | None = None, over: int | None = None) -> Run:
        """The run of these steps that may begin after the newest one.

        It goes on with the drafting of one that failed. Whoever asks for a block again, or for all that was drafted,
        wants other answers.
        """
        if self.run is None:
            return Run(1, steps, block, drafting=1, over=over)
        number = self.run.number + 1
        anew = block or self.run.block or self.status("summarise").state == "done"
        return Run(number, steps, block, drafting=number if anew else self.run.drafting, over=over)

    def begin(self, run: Run, now: datetime) -> "Production":
        """With this run, all of whose steps wait, as does what the run before left under way when it died."""
        return replace(
            self._with(lambda s: StepStatus(s.step) if s.step in run.steps or s.state == "running" else s),
            run=run,
            changed_at=now,
        )

    def awaits(self, run: int, step: Step) -> bool:
        """Whether this step of this run is still to be taken: the run is the newest and goes on."""
        newest = self.run if self.is_running else None
        return (
            newest is not None
            and newest.number == run
            and step in newest.steps
            and self.status(step).state in {"waiting", "running"}
        )

    def is_taking(self, run: int, step: Step) -> bool:
        """Whether this step of this run is under way: neither overtaken nor outdated meanwhile."""
        return self.awaits(run, step) and self.status(step).state == "running"

    def goes_on(self, run: int) -> bool:
        """Whether the run with this number is the newest and not at its end."""
        return self.is_running and self.run is not None and self.run.number == run

    def begin_step(self, step: Step, now: datetime) -> "Production":
        """With the step under way; one that is begun again keeps its beginning."""
        began = self.status(step).started_at or now
        return replace(self._set(StepStatus(step, "running", began)), changed_at=now)

    def advance(self, step: Step, percent: int) -> "Production":
        """With the step further on."""
        return self._set(replace(self.status(step), percent=percent))

    def end_step(
        self, step: Step, now: datetime, state: StepState = "done", problem: Hindrance | None = None
    ) -> "Production":
        """With the step done or skipped, and the run at its end after its last step.

        `problem` is what it could not do, where the rest goes on without that.
        """
        ended = replace(self.status(step), state=state, ended_at=now, percent=None, problem=problem)
        run = replace(self.run, ended=self.run.ended or step == self.run.steps[-1]) if self.run else None
        return replace(self._set(ended), run=run, changed_at=now)

    def fail_step(self, step: Step, problem: Hindrance, now: datetime) -> "Production":
        """With the step failed, and the run at its end."""
        status = self.status(step)
        failed = replace(status, state="failed", started_at=status.started_at or now, ended_at=now, problem=problem)
        return replace(self._set(failed), run=replace(self.run, ended=True) if self.run else None, changed_at=now)

    def outdate(self, first: Step, now: datetime) -> "Production":
        """With this step and all after it to be taken again: what they rest on has changed."""
        outdated = STEPS[STEPS.index(first) :]
        return replace(self._with(lambda s: StepStatus(s.step) if s.step in outdated else s), changed_at=now)

    def lose_recording(self, now: datetime) -> "Production":
        """With nothing made of a recording: the media that are published are kept again, where there are some."""
        steps = KEPT_MEDIA if self.base_media else tuple(StepStatus(step) for step in STEPS)
        return replace(self, steps=steps, probe=None, encoded_in=None, packaged=None, changed_at=now)

    def _set(self, status: StepStatus) -> "Production":
        return self._with(lambda known: status if known.step == status.step else known)

    def _with(self, change: Callable[[StepStatus], StepStatus]) -> "Production":
        return replace(self, steps=tuple(change(status) for status in self.steps))


@stored(shape=1, personal=_STAFF)
class ProductionLine:
    """A production in the list of all."""

    production_id: ProductionId
    course_id: CourseId
    title: str
    state: ProductionState
    step: Step | None
    changed_at: datetime
    started_by: str


def line_of(production: Production) -> ProductionLine:
    """The line of a production."""
    return ProductionLine(
        production.production_id,
        production.course_id,
        production.title,
        production.state,
        production.current_step,
        production.changed_at,
        production.started_by,
    )


@dataclass(frozen=True)
class Lack:
    """What keeps a production from being published: of which part, and what to do."""

    part: str
    message: str
    message_en: str


def lacking_steps(production: Production) -> Iterator[Lack]:
    """What of the steps must be done before publishing. A draft that no machine made is a person's to write."""
    if production.status("check").state != "done" or production.packaged is None:
        is_there = production.keeps_media or production.probe is not None
        wish = "开始处理" if is_there else "上传录像并开始处理"
        wish_en = "start a run" if is_there else "bring a recording and start a run"
        yield Lack("media", f"视频尚未处理好：请{wish}", f"the media are not ready: {wish_en}")
    elif production.status("transcribe").state == "failed":
        message = "未能得到文稿：请上传或更换字幕后重新处理"
        yield Lack("transcript", message, "there is no transcript of the lecture: bring other captions and run again")
    elif production.status("transcribe").state == "waiting":
        message = "文稿尚未处理：请开始处理"
        yield Lack("transcript", message, "the transcript was not dealt with: start a run")
