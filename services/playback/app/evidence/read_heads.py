"""Reading all heads back: whether they follow each other and are in the log, and what they say of watches."""

from dataclasses import dataclass, field

from services.kit.days import ONE_DAY, Days, start_of
from services.kit.sealing import Document, lateness, read_documents
from services.playback.app.context import VerificationContext
from services.playback.app.log.check_log import LogView, entry_problems
from services.playback.domain.heads import SERVICE, DatedHead, head_in
from services.playback.domain.ids import LearnerId, WatchId


@dataclass
class HeadsReport:
    """What all heads together say of some learner's watches, and what is wrong with the documents themselves."""

    sealed: Days | None = None
    heads: dict[WatchId, list[DatedHead]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_all_heads(ctx: VerificationContext, log: LogView, learner_id: LearnerId) -> HeadsReport:
    """Reads every document there is: checks each, and that the log has it, and collects a learner's heads."""
    report, first, last = HeadsReport(problems=list(log.problems)), None, None
    for document in read_documents(SERVICE, ctx.heads):
        report.problems += [*document.problems, *_log_problems(ctx, log, document)]
        report.problems += _taken(report, document, learner_id)
        first, last = first or document.place, document.place
    report.sealed = Days(first.day, last.day) if first and last else None
    report.problems += lateness(last, ctx.clock)
    return report


def _log_problems(ctx: VerificationContext, log: LogView, document: Document) -> list[str]:
    found = entry_problems(ctx.store, log, document.digest, start_of(document.place.day + ONE_DAY))
    return [f"the heads {document.place.name}: {problem}" for problem in found]


def _taken(report: HeadsReport, document: Document, learner_id: LearnerId) -> list[str]:
    """Takes the learner's heads into the report; answers what is no head."""
    try:
        heads = [head_in(value) for value in document.heads]
    except TypeError as error:
        return [f"the heads {document.place.name} are none: {error}"]
    for head in heads:
        if head.learner_id == learner_id:
            report.heads.setdefault(head.watch_id, []).append(DatedHead(document.place.day, head))
    return []
