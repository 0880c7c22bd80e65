"""Reading all heads back: whether they are ours, follow each other and are in the log, and what they say of ledgers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.credits.app.context import LedgerContext
from services.credits.domain.heads import SERVICE, head_in
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Head, Macs, is_genuine
from services.kit.days import ONE_DAY, Days, start_of
from services.kit.sealing import Document, Documents, lateness, read_documents
from services.kit.tlog.policies import Accepted, Policy
from services.kit.tlog.proofs import backdating, verify_proof

Proofs = Callable[[str], str | None]
"""Answers the log's proof of a hash (hexadecimal), as anybody gets it; None where the log does not have it."""


@dataclass(frozen=True)
class LogView:
    """The log as an auditor looks at it: proofs from it, by a policy, with checkpoints of earlier days."""

    proofs: Proofs
    policy: Policy
    older: Sequence[Accepted] = ()


@dataclass
class HeadsReport:
    """What all heads together say of each ledger, and what is wrong with the documents themselves."""

    sealed: Days | None = None
    heads: dict[LearnerId, list[Head]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_all_heads(ctx: LedgerContext, documents: Documents, log: LogView) -> HeadsReport:
    """Reads every document there is, checks each, and that the log has it, and collects the heads.

    Raises:
        UnknownKey: the key ring lacks a key that sealed.
    """
    report, first, last = HeadsReport(), None, None
    for document in read_documents(SERVICE, documents):
        in_log = [f"the heads {document.place.name}: {problem}" for problem in _log_problems(log, document)]
        report.problems += [*document.problems, *in_log, *_taken(report, document, ctx.macs)]
        first, last = first or document.place, document.place
    report.sealed = Days(first.day, last.day) if first and last else None
    report.problems += lateness(last, ctx.clock)
    return report


def _log_problems(log: LogView, document: Document) -> list[str]:
    proof = log.proofs(document.digest)
    if proof is None:
        return ["is not in the log"]
    try:
        shown = verify_proof(proof, bytes.fromhex(document.digest), log.policy)
    except ValueError as error:
        return [f"the log does not prove it: {error}"]
    made_at = int(start_of(document.place.day + ONE_DAY).timestamp())
    return [found for older in log.older if (found := backdating(shown.index, made_at, older))]


def _taken(report: HeadsReport, document: Document, macs: Macs) -> list[str]:
    """Takes a document's heads into the report; answers what is none, or none of ours."""
    try:
        heads = [head_in(value) for value in document.heads]
    except TypeError as error:
        return [f"the heads {document.place.name} are none: {error}"]
    for head in heads:
        report.heads.setdefault(head.learner_id, []).append(head)
    strange = not all(is_genuine(head, macs) for head in heads)
    return [f"among the heads {document.place.name} are some that we did not seal"] if strange else []
