"""Looks into a recording, and packages it: the steps `probe` and `encode`."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from services.catalog.app.context import PackagingContext, ProducingContext, StepContext
from services.catalog.app.ports import RecordingRefused, TranscriberRefuses
from services.catalog.app.productions.items import FILES, converted_folder, files_pk, object_key, packaged_folder
from services.catalog.app.productions.take_step import (
    Onward,
    Refusal,
    Result,
    StepCall,
    begin_step,
    fail_step,
    onward,
    progress_of,
    take_step,
)
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.ladder import AUDIO_BITS, CONVERTED, SPEECH_BITS, converted, rungs
from services.catalog.domain.production import Hindrance, Production
from services.catalog.domain.production_file import PICTURES, FileRole, ProductionFile
from services.catalog.domain.recording import Probe

T = TypeVar("T")

_TOO_LARGE = Hindrance(
    "LECTURE_TOO_LARGE",
    "处理后的视频太大，系统放不下。请把录像剪成几节较短的课，分别上传",
    "the lecture is too large once it is encoded. Cut the recording into several shorter lectures, and bring each",
)
_TRANSCRIBER_REFUSES = Hindrance(
    "TRANSCRIBER_REFUSES",
    "转写服务不接受系统的请求（密钥、权限或模型名称）。请告知管理员，修复后重新处理；也可以自行上传字幕",
    "the transcriber refuses the system (its key, permission or model). Tell an administrator, and run again once that "
    "is mended; or bring captions",
)

PUT_AT_ONCE = 10
ROOM = 9_900 * 1024 * 1024
"""Of the 10 GB that the function has for a lecture, as `infra/stacks/productions.py` says."""
NO_RECORDING = Hindrance(
    "RUN_NEEDS_RECORDING", "没有录像：请上传后重新处理", "there is no recording: bring one and run the steps again"
)


def probe_recording(ctx: PackagingContext, call: StepCall) -> Onward:
    """Sees what the recording is, without fetching it whole, and whether there is a picture for one without."""

    def work(_: Production) -> Result:
        probe = refusing(lambda: ctx.tool.probe(_recording(ctx, call.production_id)))
        if probe.width is None:
            _check_picture(ctx, call.production_id)
        return Result(lambda production: replace(production, probe=probe))

    return take_step(ctx, call, work)


def begin_encoding(ctx: ProducingContext, call: StepCall) -> Onward:
    """The job with which a service encodes it; none where the tool does, or an earlier run had it encoded.

    Begun again, it is the same job.
    """
    production = begin_step(ctx, call)
    if production is None or ctx.encoding is None or _probe(production).width is None:
        return onward(ctx, call)
    try:
        recording = _file(ctx, call.production_id, "recording")
    except Refusal as refusal:
        fail_step(ctx, call, refusal.hindrance)
        return Onward(go_on=False)
    folder, probe = converted_folder(call.production_id, recording.file_id), _probe(production)
    if _encoded(ctx, folder, probe):
        return onward(ctx, call)
    source = object_key(call.production_id, recording)
    return replace(onward(ctx, call), job=ctx.encoding.job(f"{call.production_id}-{call.run}", source, folder, probe))


def encode_recording(ctx: PackagingContext, call: StepCall) -> Onward:
    """Packages what learners watch, from the recording or from what a service encoded of it."""

    def work(production: Production) -> Result:
        with TemporaryDirectory() as scratch:
            made = Path(scratch) / "packaged"
            made.mkdir()
            _package(ctx, call, _probe(production), made)
            folder = packaged_folder(call.production_id, call.run, ctx.ids.new())
            _put_all(ctx, made, folder)
        return Result(lambda known: replace(known, encoded_in=folder))

    return take_step(ctx, call, work)


def _package(ctx: PackagingContext, call: StepCall, probe: Probe, made: Path) -> None:
    tell, recording = progress_of(ctx, call), _file(ctx, call.production_id, "recording")
    folder = converted_folder(call.production_id, recording.file_id)
    encoded = _encoded(ctx, folder, probe)
    if encoded:
        _require_room(list(encoded.values()), probe)
        ctx.tool.wrap(
            {name: ctx.files.address(f"{folder}{CONVERTED}{name}.mp4") for name in encoded}, probe, made, tell
        )
        return
    source = ctx.files.address(object_key(call.production_id, recording))
    picture = _picture(ctx, call.production_id, made.parent) if probe.width is None else None
    refusing(lambda: ctx.tool.package(source, probe, made, tell, picture))


def _encoded(ctx: StepContext, folder: str, probe: Probe) -> dict[str, int]:
    """The sizes of all renditions that a service encoded, by their names; empty where any is not there."""
    if probe.width is None or probe.height is None:
        return {}
    sizes = ctx.files.sizes(folder)
    found = {name: sizes[file] for name, file in converted(sizes).items()}
    wanted = [rung.name for rung in rungs(probe.width, probe.height)]
    return {name: found[name] for name in wanted} if set(wanted) <= found.keys() else {}


def _require_room(sizes: Sequence[int], probe: Probe) -> None:
    """Raises Refusal where the function cannot hold it: all renditions, the smallest once more, and the sounds.

    The recognizer's is there as a whole and in pieces.
    """
    sound = (AUDIO_BITS + 2 * SPEECH_BITS) // 8 * probe.duration_ms // 1000
    if sum(sizes) + min(sizes) + sound > ROOM:
        raise Refusal(_TOO_LARGE)


def find_file(ctx: StepContext, production_id: ProductionId, role: FileRole) -> ProductionFile | None:
    """The file of a role that is here, if there is one."""
    files = ctx.store.query(files_pk(production_id), FILES, ProductionFile)
    return next((file.value for file in files if file.value.role == role and file.value.state == "here"), None)


def _recording(ctx: StepContext, production_id: ProductionId) -> str:
    return ctx.files.address(object_key(production_id, _file(ctx, production_id, "recording")))


def _file(ctx: StepContext, production_id: ProductionId, role: FileRole) -> ProductionFile:
    file = find_file(ctx, production_id, role)
    if file is None:
        raise Refusal(NO_RECORDING)
    return file


def _check_picture(ctx: PackagingContext, production_id: ProductionId) -> None:
    """Raises Refusal where what is to be shown cannot be."""
    file = _picture_file(ctx, production_id)
    if file and file.role == "slides":
        with TemporaryDirectory() as scratch:
            path = _fetched(ctx, production_id, file, Path(scratch))
            refusing(lambda: ctx.tool.check_slides(path))


def _picture(ctx: StepContext, production_id: ProductionId, scratch: Path) -> Path | None:
    """What is shown where the recording has no picture, as a local file."""
    file = _picture_file(ctx, production_id)
    return _fetched(ctx, production_id, file, scratch) if file else None


def _picture_file(ctx: StepContext, production_id: ProductionId) -> ProductionFile | None:
    """The slides, or else the cover. Raises Refusal where it is one that cannot be used: nobody meant to do without."""
    files = {file.value.role: file.value for file in ctx.store.query(files_pk(production_id), FILES, ProductionFile)}
    for file in (files[role] for role in PICTURES if role in files):
        if file.problem:
            raise Refusal(file.problem)
        if file.state == "here":
            return file
    return None


def _fetched(ctx: StepContext, production_id: ProductionId, file: ProductionFile, scratch: Path) -> Path:
    path = scratch / f"picture.{file.ending}"
    ctx.files.fetch(object_key(production_id, file), path)
    return path


def _put_all(ctx: StepContext, made: Path, folder: str) -> None:
    paths = [path for path in sorted(made.rglob("*")) if path.is_file()]
    with ThreadPoolExecutor(PUT_AT_ONCE) as pool:
        list(pool.map(lambda path: ctx.files.put_file(folder + path.relative_to(made).as_posix(), path), paths))


def _probe(production: Production) -> Probe:
    if production.probe is None:
        raise LookupError(f"{production.production_id} was never probed")
    return production.probe


def refusing(action: Callable[[], T]) -> T:
    """What it does. Raises Refusal where it refuses the recording, or us."""
    try:
        return action()
    except TranscriberRefuses:
        raise Refusal(_TRANSCRIBER_REFUSES) from None
    except RecordingRefused as refused:
        raise Refusal(Hindrance(refused.code, refused.message, refused.message_en)) from None
