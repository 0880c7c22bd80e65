"""Refusals of media."""

from http import HTTPStatus

from services.kit.problems import ProblemType, conflict, declared_in, unprocessable

CONTENT_VERSION_WRONG = unprocessable(
    "CONTENT_VERSION_WRONG",
    "content_version 与媒体文件清单及倍速上限不符。",
    "content_version does not follow from the listed media files and the maximum rate.",
    "请用发布命令重新发布课程包。",
    "Publish the package again with the publishing command.",
)
MEDIA_INCOMPLETE = conflict(
    "MEDIA_INCOMPLETE",
    "媒体文件尚未全部上传，课程没有发布。已上传的文件已保存。",
    "Some media files have not been uploaded, so nothing was published. Uploaded files are kept.",
    "请重新运行发布命令，只会上传缺少的文件。",
    "Run the publishing command again: it uploads only what is missing.",
)
MEDIA_INVALID = unprocessable(
    "MEDIA_INVALID",
    "媒体文件不一致，课程没有发布。",
    "The media files are inconsistent, so nothing was published.",
    "请按 errors 检查播放列表和片段文件后重新发布。",
    "Check the playlist and the segments as errors says, and publish again.",
)

MEDIA_BEING_CHECKED = ProblemType(
    HTTPStatus.CONFLICT,
    "MEDIA_BEING_CHECKED",
    "课程较长，视频文件仍在检查，课程还没有发布。",
    "The lecture is long and its media are still being checked; nothing is published yet.",
    "请用同一请求重试，会从已检查处继续。",
    "Send the same request again: it goes on where it was.",
    retry_after_s=1,
)

MEDIA_PROBLEMS = declared_in(globals())
