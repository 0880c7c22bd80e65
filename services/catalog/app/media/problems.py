"""Refusals of media."""

from http import HTTPStatus

from services.kit.problems import ProblemType, conflict, declared_in, unprocessable

CONTENT_VERSION_WRONG = unprocessable(
    "CONTENT_VERSION_WRONG",
    "媒体的版本与所列文件、最快播放速度和弹窗题目不符，课程没有发布。",
    "The media's version does not follow from the listed files, the fastest playback and the questions; nothing was "
    "published.",
    "请重新发布；课程包请用发布命令发布。",
    "Publish again; a package by the publishing command.",
)
MEDIA_INCOMPLETE = conflict(
    "MEDIA_INCOMPLETE",
    "媒体文件尚未全部就位，课程没有发布。已有的文件已保存。",
    "Some media files are not in their place yet, so nothing was published. Those that are there are kept.",
    "请再发布一次：只补上缺少的文件。",
    "Publish once more: only what is missing is added.",
)
MEDIA_INVALID = unprocessable(
    "MEDIA_INVALID",
    "视频、字幕、讲义或图片有问题，课程没有发布。",
    "Something is wrong with the media, the captions, the handouts or the pictures, so nothing was published.",
    "请更换或改正列出的每个文件（视频须重新处理），再发布。",
    "Replace or correct every file that is listed (media are made again by the steps), then publish.",
)

MEDIA_BEING_CHECKED = ProblemType(
    HTTPStatus.CONFLICT,
    "MEDIA_BEING_CHECKED",
    "课程较长，视频文件仍在检查，课程还没有发布。",
    "The lecture is long and its media are still being checked; nothing is published yet.",
    "请再次发布，会从已检查处继续。",
    "Publish again: it goes on where it was.",
    retry_after_s=1,
)

MEDIA_PROBLEMS = declared_in(globals())
