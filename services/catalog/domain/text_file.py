"""Text files of a course package, read by the editor's command and by the server alike."""

import re
from dataclasses import dataclass

_LOST = re.compile("[\ufffd\x00]")
_ZERO_WIDTH_MARK = "\ufeff"


@dataclass(frozen=True)
class Fault:
    """What is wrong in one line (from 1) of a text file."""

    line: int
    message: str
    message_en: str


class UnreadableText(Exception):
    """The file is no text that we can read; `fault` says where and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message_en)
        self.fault = fault


def read_text(content: bytes, most: int) -> str:
    """The text of a file of at most `most` bytes of UTF-8, with `\\n` at each line's end.

    One byte order mark is dropped.
    Text that another program lost already (U+FFFD, or NUL in UTF-16 without a mark) is refused: nobody could read it.

    Raises:
        UnreadableText: with the first thing that is wrong.
    """
    if len(content) > most:
        raise UnreadableText(Fault(1, f"文件最大 {most // 1024} KB", f"at most {most // 1024} KB"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableText(Fault(line, "不是 UTF-8 编码", "is not UTF-8")) from None
    lost = _LOST.search(text)
    if lost:
        line = text.count("\n", 0, lost.start()) + 1
        message = "有文字已在转换编码时丢失(U+FFFD 或 NUL)"
        raise UnreadableText(Fault(line, message, "text was lost in another encoding (U+FFFD or NUL)"))
    if text.startswith(_ZERO_WIDTH_MARK):
        message = "开头有多个字节顺序标记(BOM)"
        raise UnreadableText(Fault(1, message, "there is more than one byte order mark"))
    return text.replace("\r\n", "\n").replace("\r", "\n")
