"""Captions that an editor brings: what they say, or what of them is to be mended first."""

from collections.abc import Sequence

from services.catalog.app.ports import CaptionReader, UnreadableCaptions
from services.catalog.app.productions.take_step import Refusal
from services.catalog.domain.captions import check_times, overlapping
from services.catalog.domain.production import Hindrance
from services.catalog.domain.text_file import Fault
from services.catalog.domain.transcript import Cue

MOST_TOLD = 5
"""Places that a message names; the others it counts."""
_MEND = ("请改正字幕文件，移除后重新上传", "Mend the captions, remove the file and bring it again")


def read_brought(read: CaptionReader, content: bytes, duration_ms: int | None = None) -> tuple[Cue, ...]:
    """The cues of a file, whose times a package's check would take (`duration_ms` None: the length is not known).

    Raises:
        Refusal: with the lines that are to be mended.
    """
    try:
        found = read(content)
    except UnreadableCaptions as unreadable:
        message = f"字幕无法读取：{unreadable.fault.message}。请更换字幕后重新处理"
        message_en = f"the captions cannot be read: {unreadable.fault.message_en}. Bring others and run again"
        raise Refusal(Hindrance("CAPTIONS_UNREADABLE", message, message_en)) from None
    faults = [*found.faults, *check_times(found.cues, None)]
    if faults:
        raise Refusal(_told("CAPTIONS_FAULTY", sorted(faults, key=lambda fault: fault.line), *_MEND))
    late = list(check_times(found.cues, duration_ms))
    if late:
        raise Refusal(_told("CAPTIONS_BEYOND", late, *_MEND))
    return found.cues


def overlap_of(cues: Sequence[Cue]) -> Hindrance | None:
    """Which of the cues are shown together with others: players can, but hardly anybody wants it."""
    message = "前一条字幕还没有结束，会同时显示"
    message_en = "it begins while the caption before is still shown, and both are"
    faults = [Fault(line, message, message_en) for line in overlapping(cues)]
    wish = ("如非有意，请改正后重新上传", "Where that is not meant, mend the captions and bring them again")
    return _told("CAPTIONS_OVERLAP", faults, *wish) if faults else None


def _told(code: str, faults: Sequence[Fault], wish: str, wish_en: str) -> Hindrance:
    zh = [f"第 {fault.line} 行：{fault.message}" for fault in faults[:MOST_TOLD]]
    en = [f"line {fault.line}: {fault.message_en}" for fault in faults[:MOST_TOLD]]
    if len(faults) > MOST_TOLD:
        zh.append(f"另有 {len(faults) - MOST_TOLD} 处")
        en.append(f"{len(faults) - MOST_TOLD} more")
    return Hindrance(code, f"{'；'.join(zh)}。{wish}", f"{'; '.join(en)}. {wish_en}")
