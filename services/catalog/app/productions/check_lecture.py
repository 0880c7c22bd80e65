"""Sees that a packaged lecture plays to its end: the step `check`. Nobody can publish one that did not pass it."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from services.catalog.app.context import ProducingContext
from services.catalog.app.media.manifest import verify_lecture
from services.catalog.app.productions.assemble import FileList
from services.catalog.app.productions.items import made_object
from services.catalog.app.productions.take_step import Onward, Refusal, Result, StepCall, take_step
from services.catalog.domain.media import MAX_FILES, MediaFile
from services.catalog.domain.packaged import PREVIEW, is_watched, renditions_of
from services.catalog.domain.presentation import Presentation
from services.catalog.domain.production import Hindrance, PackagedLecture, Production
from services.kit.problems import Problem
from services.kit.store.codec import encode

READ_AT_ONCE = 10
LOST_MS = 3_000
"""By how much a lecture may be shorter than its recording: what decoders see beyond the last whole frame."""
_SHOWN = 3


def check_lecture(ctx: ProducingContext, call: StepCall) -> Onward:
    """Reads every file that learners would get, and notes which they are."""

    def work(production: Production) -> Result:
        folder = production.encoded_in or production.base_media
        if folder is None:
            raise LookupError(f"{call.production_id} has nothing packaged")
        sizes = ctx.files.sizes(folder)
        files = _files(ctx, folder, sizes)
        presentation = _verified(ctx, folder, files)
        _check_length(production, presentation)
        content = encode(FileList(files)).encode()
        listed_in = made_object(call.production_id, f"files-{hashlib.sha256(content).hexdigest()[:32]}.json")
        ctx.files.put(listed_in, content)
        renditions = renditions_of(presentation, files)
        packaged = PackagedLecture(folder, listed_in, presentation.duration_ms, renditions, PREVIEW in sizes)
        return Result(lambda known: replace(known, packaged=packaged))

    return take_step(ctx, call, work)


def _files(ctx: ProducingContext, folder: str, sizes: Mapping[str, int]) -> tuple[MediaFile, ...]:
    paths = sorted(path for path in sizes if is_watched(path))
    if len(paths) > MAX_FILES:
        message = "视频太长：请分成几门课，分别上传"
        raise Refusal(Hindrance("LECTURE_TOO_LONG", message, "it is too long: divide the lecture into several courses"))

    def measured(path: str) -> MediaFile:
        return MediaFile(path, hashlib.sha256(ctx.files.read(folder + path)).hexdigest(), sizes[path])

    with ThreadPoolExecutor(READ_AT_ONCE) as pool:
        return tuple(pool.map(measured, paths))


def _verified(ctx: ProducingContext, folder: str, files: tuple[MediaFile, ...]) -> Presentation:
    try:
        return verify_lecture(ctx.bucket, folder, files)
    except Problem as problem:
        errors: list[dict[str, Any]] = problem.members.get("errors", [])[:_SHOWN]
        found, found_en = ("；".join(e["message"] for e in errors), "; ".join(e["message_en"] for e in errors))
        message = f"视频不能完整播放：请重新处理；如仍出错，请更换录像或联系管理员。（{found}）"
        message_en = f"it does not play to its end: run again, and bring another recording if it stays so ({found_en})"
        raise Refusal(Hindrance(problem.type.code, message, message_en)) from None


def _check_length(production: Production, presentation: Presentation) -> None:
    """What was made of a recording must be all of it."""
    if production.encoded_in is None or production.probe is None:
        return
    lost = production.probe.duration_ms - presentation.duration_ms
    if lost > LOST_MS:
        seconds = lost // 1000
        message = f"处理后的视频比录像短 {seconds} 秒：录像可能已损坏，请检查后重新上传"
        message_en = f"the lecture is {seconds} s shorter than the recording, which may be damaged: bring it again"
        raise Refusal(Hindrance("LECTURE_CUT_SHORT", message, message_en))
