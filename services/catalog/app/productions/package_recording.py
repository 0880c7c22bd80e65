"""Looks into a recording, and packages it: the steps `probe` and `encode`."""

from collections.abc import Callable
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
from services.catalog.domain.ladder import converted
from services.catalog.domain.production import Hindrance, Production
from services.catalog.domain.production_file import FileRole, ProductionFile
from services.catalog.domain.recording import Probe

T = TypeVar("T")

_TRANSCRIBER_REFUSES = Hindrance(
    "TRANSCRIBER_REFUSES",
    "转写服务不接受系统的请求(密钥、权限或模型名称)。请告知管理员，修复后重新处理；也可以自行上传字幕",
    "the transcriber refuses the system (its key, permission or model). Tell an administrator, and run again once that "
    "is mended; or bring captions",
)

PUT_AT_ONCE = 10
NO_RECORDING = Hindrance(
    "RUN_NEEDS_RECORDING", "没有录像：请上传后重新处理", "there is no recording: bring one and run the steps again"
)


def probe_recording(ctx: PackagingContext, call: StepCall) -> Onward:
    """Sees what the recording is, without fetching it whole, and whether there is a picture for one without."""

    def work(_: Production) -> Result:
        probe = refusing(lambda: ctx.tool.probe(_recording(ctx, call.production_id)))
        slides = find_file(ctx, call.production_id, "slides")
        if probe.width is None and slides:
            with TemporaryDirectory() as scratch:
                path = _fetched(ctx, call.production_id, slides, Path(scratch))
                refusing(lambda: ctx.tool.check_slides(path))
        return Result(lambda production: replace(production, probe=probe))

    return take_step(ctx, call, work)


def begin_encoding(ctx: ProducingContext, call: StepCall) -> Onward:
    """The job with which a service encodes it; none where the tool does. Begun again, it is the same job."""
    production = begin_step(ctx, call)
    if production is None or ctx.encoding is None or _probe(production).width is None:
        return onward(ctx, call)
    try:
        recording = object_key(call.production_id, _file(ctx, call.production_id, "recording"))
    except Refusal as refusal:
        fail_step(ctx, call, refusal.hindrance)
        return Onward(go_on=False)
    folder = converted_folder(call.production_id, call.run)
    return replace(onward(ctx, call), job=ctx.encoding.job(recording, folder, _probe(production)))


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
    tell, folder = progress_of(ctx, call), converted_folder(call.production_id, call.run)
    sources = {name: ctx.files.address(folder + file) for name, file in converted(ctx.files.sizes(folder)).items()}
    if sources:
        ctx.tool.wrap(sources, probe, made, tell)
        return
    source = _recording(ctx, call.production_id)
    picture = _picture(ctx, call.production_id, made.parent) if probe.width is None else None
    refusing(lambda: ctx.tool.package(source, probe, made, tell, picture))


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


def _picture(ctx: StepContext, production_id: ProductionId, scratch: Path) -> Path | None:
    """What is shown where the recording has no picture, as a local file."""
    file = find_file(ctx, production_id, "slides") or find_file(ctx, production_id, "cover")
    return _fetched(ctx, production_id, file, scratch) if file else None


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
