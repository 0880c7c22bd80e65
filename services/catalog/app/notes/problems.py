"""Refusals about notes."""

from services.kit.problems import conflict, declared_in

NOTE_CHANGED = conflict(
    "NOTE_CHANGED",
    "这条笔记已在别处被修改或删除，本次没有保存；note 中是现在的内容（null 表示已不在）。",
    "This note was changed or deleted elsewhere, so nothing was saved; note is what it is now (null: it is gone).",
    "请对照两份内容后再保存，或另存为一条新笔记。",
    "Compare the two and save again, or save yours as a note of its own.",
)
NOTES_FULL = conflict(
    "NOTES_FULL",
    "这门课程的笔记已达上限，本次没有保存；已有的笔记不受影响。",
    "This course has as many notes as it takes; nothing was saved, and those that are there stay.",
    "请先删除或合并一些笔记。",
    "Delete or merge some notes first.",
)

NOTE_PROBLEMS = declared_in(globals())
