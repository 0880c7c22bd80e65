"""The files that an editor brings, in parts, straight to the bucket."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.catalog.app.context import Context, ProductionContext
from services.catalog.app.ports import ProductionFiles, Upload, UploadGone
from services.catalog.app.productions.brought_captions import overlap_of, read_brought
from services.catalog.app.productions.items import (
    FILES,
    file_key,
    files_pk,
    object_key,
    put_state,
    read_blocks,
    read_drafts,
)
from services.catalog.app.productions.problems import (
    FILE_INCOMPLETE,
    FILE_REFUSED,
    PRODUCTION_RUNNING,
    PRODUCTION_UNKNOWN,
)
from services.catalog.app.productions.read_productions import (
    FileOnItsWay,
    file_on_its_way,
    read_open,
    read_sections,
)
from services.catalog.app.productions.take_step import Refusal
from services.catalog.domain.ids import FileId, ProductionId
from services.catalog.domain.production import Hindrance, Production
from services.catalog.domain.production_file import (
    CAPTIONS,
    LOOKED_AT_BYTES,
    OPEN_TO_ALL,
    PICTURES,
    RESTS_ON,
    FileRole,
    ProductionFile,
    index_offset,
    not_what_it_says,
    of_nobody,
    part_bytes,
    refusal,
)
from services.kit.call import Call
from services.kit.idempotency import answer_once
from services.kit.store import Change, Check, Put, Stored, Write, commit_retrying, required

AUDIT_ADDED, AUDIT_REMOVED = "catalog.production_file_added", "catalog.production_file_removed"
MAX_LISTED = 100
"""How many missing parts a refusal lists at most."""
NAMED_BY_CONTENT: tuple[FileRole, ...] = ("handout", *OPEN_TO_ALL)
"""What is published under its content's name."""


@dataclass(frozen=True)
class Announcement:
    """A file that is to come. `instructor` is whose portrait it is."""

    role: FileRole
    name: str
    bytes: int
    instructor: str | None = None


def add_file(ctx: ProductionContext, call: Call, production_id: ProductionId, announced: Announcement) -> FileOnItsWay:
    """Begins the upload of a file, once per idempotency key.

    Raises:
        Problem: PRODUCTION_UNKNOWN, PRODUCTION_CLOSED, FILE_REFUSED, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, str]:
        state = read_open(ctx, production_id)
        role, instructor, found = announced.role, announced.instructor, read_sections(ctx, production_id)
        others = [other for other in found.files if (other.value.role, other.value.instructor) == (role, instructor)]
        wrong = refusal(role, announced.name, announced.bytes, len(others))
        wrong = wrong or of_nobody(role, instructor, found.facts.value.instructors)
        if wrong:
            raise FILE_REFUSED.problem(errors=[vars(wrong)])
        file = ProductionFile(
            FileId(ctx.ids.new()), role, announced.name, announced.bytes, part_bytes(announced.bytes), ctx.clock.now(),
            upload="", instructor=instructor,
        )  # fmt: skip
        upload = ctx.files.begin(object_key(production_id, file))
        writes: list[Write] = [
            Put(file_key(production_id, file.file_id), replace(file, upload=upload)),
            ctx.audit.entry(call.caller, AUDIT_ADDED, production_id, f"{role} {file.file_id}"),
            # Of two that are added side by side, the second sees the first.
            state.put(replace(state.value, changed_at=ctx.clock.now())),
        ]
        return Change(writes), file.file_id

    request = call.request(AUDIT_ADDED, production_id=production_id, **vars(announced))
    file_id = FileId(answer_once(ctx.store, ctx.clock, request, str, plan))
    return file_on_its_way(ctx.files, production_id, _file(ctx, production_id, file_id).value)


def sign_parts(
    ctx: ProductionContext, production_id: ProductionId, file_id: FileId, numbers: Sequence[int]
) -> list[tuple[int, Upload]]:
    """Permissions to send these parts, as far as the file has them. Raises PRODUCTION_UNKNOWN, PRODUCTION_CLOSED."""
    read_open(ctx, production_id)
    file = _file(ctx, production_id, file_id).value
    if file.state != "uploading":
        return []
    key = object_key(production_id, file)
    return [
        (number, ctx.files.sign_part(key, file.upload, number, file.bytes_of(number)))
        for number in dict.fromkeys(numbers)
        if number <= file.parts
    ]


def complete_file(ctx: ProductionContext, production_id: ProductionId, file_id: FileId) -> FileOnItsWay:
    """Puts the parts together and looks at what it is; a file that is here already stays as it is.

    Raises:
        Problem: PRODUCTION_UNKNOWN, PRODUCTION_CLOSED, FILE_INCOMPLETE.
        Conflict: others kept writing.
    """
    read_open(ctx, production_id)
    file = _file(ctx, production_id, file_id).value
    if file.state != "uploading":
        return file_on_its_way(ctx.files, production_id, file)
    key = object_key(production_id, file)
    _put_together(ctx.files, key, file)
    arrived = _looked_at(ctx, key, file)

    def plan() -> tuple[Change, ProductionFile]:
        state, known = read_open(ctx, production_id), _file(ctx, production_id, file_id)
        if known.value.state != "uploading":
            return Change(), known.value
        writes: list[Write] = [known.put(arrived)]
        writes += _outdate(ctx, state, file.role) if arrived.state == "here" else [Check(state.key, state.version)]
        return Change(writes), arrived

    return file_on_its_way(ctx.files, production_id, commit_retrying(ctx.store, plan))


def remove_file(ctx: ProductionContext, call: Call, production_id: ProductionId, file_id: FileId) -> None:
    """Takes a file away, and what its steps made of it is outdated; one that is gone stays so.

    Raises:
        Problem: PRODUCTION_UNKNOWN, PRODUCTION_CLOSED, PRODUCTION_RUNNING.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, ProductionFile | None]:
        state = read_open(ctx, production_id)
        known = ctx.store.get(file_key(production_id, file_id), ProductionFile)
        if known is None:
            return Change(), None
        if state.value.is_running and known.value.role in RESTS_ON:
            raise PRODUCTION_RUNNING.problem()
        writes: list[Write] = [
            known.remove(),
            ctx.audit.entry(call.caller, AUDIT_REMOVED, production_id, f"{known.value.role} {file_id}"),
        ]
        here = known.value.state == "here"
        writes += _outdate(ctx, state, known.value.role, removed=True) if here else [Check(state.key, state.version)]
        return Change(writes), known.value

    file = commit_retrying(ctx.store, plan)
    if file is not None and file.published_in is None:
        # After the item: one whose object is left behind harms nobody, one without its object could not be used.
        ctx.files.abort(object_key(production_id, file), file.upload)
        ctx.files.remove(object_key(production_id, file))


def abort_uploads(ctx: ProductionContext, production_id: ProductionId) -> None:
    """Gives up what is on its way; safe to repeat."""
    for file in ctx.store.query(files_pk(production_id), FILES, ProductionFile):
        if file.value.state == "uploading":
            ctx.files.abort(object_key(production_id, file.value), file.value.upload)


def _file(ctx: Context, production_id: ProductionId, file_id: FileId) -> Stored[ProductionFile]:
    found = ctx.store.get(file_key(production_id, file_id), ProductionFile)
    return required(found, PRODUCTION_UNKNOWN.problem())


def _outdate(ctx: Context, state: Stored[Production], role: FileRole, *, removed: bool = False) -> list[Write]:
    step, production, now = RESTS_ON.get(role), state.value, ctx.clock.now()
    if role == "recording":
        changed = production.lose_recording(now) if removed else production.outdate("probe", now)
        return [*put_state(ctx, state, changed), *_heard_anew(ctx, production.production_id)]
    if step is None or production.status(step).state == "waiting" or (role in PICTURES and not production.shows_slides):
        return [Check(state.key, state.version)]
    return put_state(ctx, state, production.outdate(step, now))


def _heard_anew(ctx: Context, production_id: ProductionId) -> Iterator[Write]:
    """What was accepted of another recording is reviewed again, or drafted anew; none of it is said there any more."""
    for block in read_blocks(ctx.store, production_id):
        if block.value != (heard := block.value.hear_anew()):
            yield block.put(heard)
    newest = {draft.value.block: draft for draft in read_drafts(ctx.store, production_id)}
    for draft in newest.values():
        if draft.value.sources:
            yield draft.put(replace(draft.value, sources=()))


def _put_together(files: ProductionFiles, key: str, file: ProductionFile) -> None:
    """Once: whoever comes second finds the whole file."""
    if files.size(key) == file.bytes:
        return
    try:
        here = files.parts(key, file.upload)
        missing = [number for number in range(1, file.parts + 1) if here.get(number) != file.bytes_of(number)]
        if missing:
            raise FILE_INCOMPLETE.problem(missing=missing[:MAX_LISTED], missing_count=len(missing))
        files.complete(key, file.upload)
    except UploadGone:
        if files.size(key) != file.bytes:
            raise FILE_REFUSED.problem(errors=[vars(_EXPIRED)]) from None


_EXPIRED = Hindrance(
    "UPLOAD_EXPIRED",
    "上传已过期：请移除这个文件后重新上传",
    "the upload has expired: remove the file and bring it again",
)


def _looked_at(ctx: ProductionContext, key: str, file: ProductionFile) -> ProductionFile:
    files = ctx.files
    begin = files.read_part(key, 0, LOOKED_AT_BYTES)
    end = files.read_part(key, max(0, file.bytes - LOOKED_AT_BYTES), LOOKED_AT_BYTES)
    offset = index_offset(end) if file.ending == "pdf" else None
    index = files.read_part(key, offset, LOOKED_AT_BYTES) if offset is not None and offset < file.bytes else b""
    wrong = not_what_it_says(file, begin, end, index)
    if wrong:
        return file.refuse(wrong)
    if file.role in CAPTIONS:
        return _read(ctx, key, file)
    whole = files.read(key) if file.role in NAMED_BY_CONTENT else None
    return file.arrive(hashlib.sha256(whole).hexdigest() if whole is not None else None)


def _read(ctx: ProductionContext, key: str, file: ProductionFile) -> ProductionFile:
    try:
        cues = read_brought(ctx.read_captions, ctx.files.read(key))
    except Refusal as refused:
        return file.refuse(refused.hindrance)
    return file.arrive_with_captions(cues[-1].start_ms, overlap_of(cues))
