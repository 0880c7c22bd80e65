"""What is stored can be read for ever, says what it holds of a person, and has an example that is read here."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from dataclasses import fields as fields_of
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel

from docs.stored import PAGE as KINDS_PAGE
from docs.stored import ROOT, Declared, body, broken, complaints, declared, page, written
from services.kit.kinds import ID_ONLY, NOTHING, REMOVED, Emptied, Kept, Kind, Nothing, Personal
from services.kit.store.codec import decode, encode, encode_over
from services.kit.store.dynamodb import Item

FOUND = declared()

PERSONS_IDS = {"LearnerId", "PersonId", "learner_id", "person_id", "author_id", "caller_id", "actor"}
"""Types and names of members that are a person's id."""

IMPERSONAL = {
    "abstract", "action", "answered", "basis", "batch", "causation_id", "completed_on", "content_id", "content_version",
    "correlation_id", "course_title", "course_title_en", "day", "digest", "eligible_credentials", "end", "event_id",
    "fingerprint", "first_day", "grant_id", "grown_on", "head_mac", "item_id", "item_version", "key_id", "keywords",
    "last_day", "last_mac", "mac", "max_rate", "media_url", "nonce", "plan_version", "policy_id", "prev_mac",
    "previous", "previous_mac", "prompt_key_id", "proposal_id", "published_on", "refund_no", "root", "seal", "sha256",
    "start", "status_list", "subtitle", "title_en", "trade_no", "transaction_id",
    "watch_ids",
    "Attestation.code", "AuditRecord.actor", "Batch.key", "Coupon.title", "CourseOffer.title", "CourseVersion.title",
    "DailyTask.subject", "Entry.title", "Envelope.data", "Envelope.id", "Envelope.source", "Envelope.subject",
    "Envelope.type", "Export.key", "Export.name", "Export.title", "Export.totals_fen", "Line.title", "Listing.title",
    "Marker.type", "Movement.how", "Movement.reference", "Notice.deadline", "Notice.title", "Order.provider",
    "Order.title", "Payment.bridge", "Payment.description", "Payment.qr_content", "Payment.url", "ProfileChange.fields",
    "Publication.answer", "Publication.choices", "Publication.language", "Publication.name", "Publication.question",
    "Publication.summary", "Publication.text", "Publication.title", "Publication.version",
    "CertificateHolder.picture", "Listing.cover", "OwnHandle.pk",
    "SecondFactor.codes", "SentCode.hashed",
    "QuestionSet.choices", "QuestionSet.text",
    "Invoice.title",
    "Notice.year_start",
    "Production.base_media", "Production.code", "Production.encoded_in", "Production.folder",
    "Production.language", "Production.listed_in",
    "Production.message", "Production.message_en", "Production.name", "Production.title", "ProductionBlock.made_by",
    "ProductionBlock.message", "ProductionBlock.message_en", "ProductionDraft.made_by", "ProductionDraft.message",
    "ProductionDraft.message_en", "ProductionDraft.title", "ProductionFile.code", "ProductionFile.message",
    "ProductionFile.message_en", "ProductionFile.published_in", "ProductionFile.upload", "ProductionLine.title",
    "ProductionTranscript.made_of", "ProductionTranscript.stored_in",
    "Refund.provider",
    "StatementCheck.key", "StatementCheck.name", "StatementCheck.ours", "StatementCheck.reference",
    "StatementCheck.statement_key", "StatementCheck.theirs",
}  # fmt: skip
"""Text and days that say nothing about a person: members of this name in any kind, or of one kind.

A new one is added here, or named in the kind's statement where it does.
"""


def members(cls: Any, named: frozenset[str] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Every member at any depth with the types it may have, but those inside of members that are named."""
    hints = get_type_hints(cls)
    names = [field.name for field in fields_of(cls)] if is_dataclass(cls) else list(cls.model_fields)
    for name in names:
        if name in named:
            continue
        for leaf in leaves(hints[name]):
            if isinstance(leaf, type) and leaf is not cls and (is_dataclass(leaf) or issubclass(leaf, BaseModel)):
                yield from members(leaf, named)
            else:
                yield name, leaf


def leaves(hint: Any) -> Iterator[Any]:
    """The types that a type is made of."""
    arguments = get_args(hint)
    if not arguments:
        yield hint
    for argument in arguments:
        yield from leaves(argument)


def unaccounted(cls: type, kind: Kind) -> set[str]:
    """Members that could hold something of a person and that nobody has looked at."""
    if REMOVED in kind.personal:
        return set()
    named = frozenset(name for part in kind.personal for name in getattr(part, "members", ()))
    found = {name for name, leaf in members(cls, named) if leaf in (str, date) and name not in PERSONS_IDS}
    return {name for name in found if not {name, f"{kind.name}.{name}"} & IMPERSONAL}


def persons_ids(cls: type) -> set[str]:
    """Members that name a person by their id."""
    return {name for name, leaf in members(cls) if {name, getattr(leaf, "__name__", "")} & PERSONS_IDS}


def misstated(cls: type, kind: Kind) -> Iterator[str]:
    """What a kind's statement gets wrong."""
    names = {name for name, _ in members(cls)} | set(all_names(cls))
    for part in kind.personal:
        yield from (f"there is no {name}" for name in getattr(part, "members", ()) if name not in names)
    if Nothing() in kind.personal and (len(kind.personal) > 1 or persons_ids(cls)):
        yield f"something of a person: {persons_ids(cls)}"
    wanted = "name it in what the kind says (personal=…), or in IMPERSONAL of tests/contracts/test_stored.py"
    yield from (f"{name} may be about a person: {wanted}" for name in sorted(unaccounted(cls, kind)))


def all_names(cls: Any) -> Iterator[str]:
    """The names of all members at any depth."""
    hints = get_type_hints(cls)
    for name in [field.name for field in fields_of(cls)] if is_dataclass(cls) else list(cls.model_fields):
        yield name
        for leaf in leaves(hints[name]):
            if isinstance(leaf, type) and leaf is not cls and (is_dataclass(leaf) or issubclass(leaf, BaseModel)):
                yield from all_names(leaf)


@pytest.mark.parametrize("of", FOUND, ids=lambda of: of.name)
def test_a_kind_says_what_it_holds_of_a_person(of: Declared) -> None:
    wrong = list(misstated(of.cls, of.kind))
    assert not wrong, "; ".join(wrong)


def test_a_kind_has_one_name_in_a_service_and_the_kit() -> None:
    kit = [of.kind.name for of in FOUND if of.package == "kit"]
    for package in {of.package for of in FOUND} - {"kit"}:
        names = Counter([*kit, *(of.kind.name for of in FOUND if of.package == package)])
        assert [name for name, times in names.items() if times > 1] == []


def test_examples_are_as_the_code_writes_them() -> None:
    files = written()
    assert {of.file(of.kind.shape): body(of) for of in FOUND}.items() <= files.items(), "run python -m docs.stored"
    assert (ROOT / KINDS_PAGE).read_text("utf-8") == page(FOUND), "run python -m docs.stored"


def test_every_body_ever_written_down_is_read_and_nothing_of_it_is_lost() -> None:
    files = written()
    assert len(files) >= len(FOUND)
    assert broken(FOUND, files) == []
    known = {(of.package, of.kind.name): of for of in FOUND}
    for path, text in files.items():
        of = known[path.parent.name, path.stem.rpartition(".")[0]]
        value: object = decode(text, of.cls)
        compact = json.dumps(json.loads(text))
        assert json.loads(encode_over(compact, value, value)).items() >= json.loads(text).items()


def test_operators_queries_name_every_attribute() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    columns = re.findall(r"(\w+):struct<([sn]):", text)
    types = {name: attribute.attr_type.lower() for name, attribute in Item.get_attributes().items()}
    assert dict(columns) == {"count" if name == "total" else name: type_ for name, type_ in types.items()}


@dataclass(frozen=True)
class Inner:
    """Part of the one below."""

    name: str = ""


@dataclass(frozen=True)
class Kept1:
    """As it is written down."""

    learner_id: str
    note: str
    inner: Inner
    parts: tuple[Inner, ...] = ()


def as_declared(cls: type, shape: int = 1, retired: tuple[str, ...] = (), personal: Personal = NOTHING) -> Declared:
    """The class as a kind of this name."""
    return Declared("test", cls, Kind("Thing", shape, (personal,), retired))


WRITTEN = body(as_declared(Kept1))


def changed(**members: Any) -> type:
    """The class above with other members: None leaves one out."""
    annotations = {"learner_id": str, "note": str, "inner": Inner, "parts": tuple[Inner, ...], **members}
    defaults = {name: value[1] for name, value in members.items() if isinstance(value, tuple)}
    found = {name: (hint[0] if isinstance(hint, tuple) else hint) for name, hint in annotations.items() if hint}
    return dataclass(frozen=True, kw_only=True)(type("Thing", (), {"__annotations__": found, **defaults}))


@dataclass(frozen=True)
class Renamed:
    """A part with another name."""

    called: str = ""


@pytest.mark.parametrize(
    ("cls", "shape", "retired", "expected"),
    [
        (changed(), 1, (), []),
        (changed(more=(str, "")), 1, (), []),
        (changed(more=(str | None, None)), 1, (), []),
        (changed(more=str), 1, (), ["more: cannot be read: Field required"]),
        (changed(note=None), 1, (), ["note: is not what is read"]),
        (changed(note=None, text=(str, "")), 1, (), ["note: is not what is read"]),
        (changed(note=(str, "")), 1, ("note",), []),
        (changed(note=None), 1, ("note",), []),
        (changed(note=int), 1, (), ["note: cannot be read: Input should be a valid integer"]),
        (changed(inner=Renamed), 1, (), ["inner.name: is not what is read"]),
        (changed(parts=(tuple[Renamed, ...], ())), 1, (), ["parts[0].name: is not what is read"]),
        (changed(note=None), 2, (), []),
        (changed(more=str), 2, (), ["more: cannot be read: Field required"]),
    ],
)
def test_a_change_that_would_lose_something_is_told(
    cls: type, shape: int, retired: tuple[str, ...], expected: list[str]
) -> None:
    told = list(complaints(as_declared(cls, shape, retired), 1, WRITTEN))
    assert len(told) == len(expected)
    assert all(one.startswith(f"test/Thing, shape 1: {other}") for one, other in zip(told, expected, strict=True))


def test_a_body_of_a_newer_shape_or_of_no_kind_is_told() -> None:
    assert list(complaints(as_declared(Kept1), 2, WRITTEN)) == ["test/Thing, shape 2: the code knows 1 only"]
    (told,) = broken([], {Path("stored/test/Thing.1.json"): WRITTEN})
    assert told.endswith("nothing is stored as this kind")


@pytest.mark.parametrize(
    ("personal", "expected"),
    [
        (NOTHING, {"learner_id", "note", "name"}),
        (ID_ONLY, {"note", "name"}),
        (REMOVED, set()),
        (Emptied("note"), {"name"}),
        (Emptied("note", "inner", "parts"), set()),
        (Kept("note", "name", because="law", until="2030"), set()),
        (Emptied("note", "name", "phone"), {"phone"}),
    ],
)
def test_a_statement_that_leaves_something_out_is_told(personal: Personal, expected: set[str]) -> None:
    told = " ".join(misstated(Kept1, as_declared(Kept1, personal=personal).kind))
    assert {name for name in ("learner_id", "note", "name", "phone") if name in told.replace("name it", "")} == expected


def test_examples_of_kinds_fill_every_member() -> None:
    assert json.loads(WRITTEN) == {
        "learner_id": "learner_id",
        "note": "note",
        "inner": {"name": "name"},
        "parts": [{"name": "name"}],
    }
    assert encode(decode(WRITTEN, Kept1)) == json.dumps(json.loads(WRITTEN), separators=(",", ":"))
