"""Refusals about favourites."""

from services.kit.problems import conflict, declared_in

FAVOURITES_FULL = conflict(
    "FAVOURITES_FULL",
    "收藏的课程已达上限，本次没有收藏。",
    "There are as many favourites as there may be; this course was not added.",
    "请先取消收藏一些课程。",
    "Remove some favourites first.",
)

FAVOURITE_PROBLEMS = declared_in(globals())
