"""The catalogue's refusals."""

from http import HTTPStatus

from services.kit.problems import ProblemType

COURSE_NOT_FOUND = ProblemType(
    "COURSE_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "没有这门课程，或尚未发布。",
    "There is no such course, or it is not published.",
    "请返回课程列表。",
    "Go back to the list of courses.",
)
COURSE_INVALID = ProblemType(
    "COURSE_INVALID",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "课程内容有错误，未作任何更改。",
    "The course has mistakes; nothing was changed.",
    "请改正 errors 中列出的每一处后重新发布。",
    "Correct every place listed in errors and publish again.",
)
COURSE_TOO_LARGE = ProblemType(
    "COURSE_TOO_LARGE",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "课程的文字内容过长，未作任何更改。",
    "The course has too much text; nothing was changed.",
    "请缩短内容后重新发布。",
    "Shorten the text and publish again.",
)
CONTENT_ID_FIXED = ProblemType(
    "CONTENT_ID_FIXED",
    HTTPStatus.CONFLICT,
    "课程发布后不能更换 content_id，否则同一内容可能重复计学时。",
    "A published course keeps its content_id, or the same lecture could earn hours twice.",
    "请改回原来的 content_id；如为全新内容，请新建课程。",
    "Restore the content_id; make a new course for a new lecture.",
)
CONTENT_VERSION_WRONG = ProblemType(
    "CONTENT_VERSION_WRONG",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "content_version 与媒体文件清单及倍速上限不符。",
    "content_version does not follow from the listed media files and the maximum rate.",
    "请用发布命令重新发布课程包。",
    "Publish the package again with the publishing command.",
)
MEDIA_INCOMPLETE = ProblemType(
    "MEDIA_INCOMPLETE",
    HTTPStatus.CONFLICT,
    "媒体文件尚未全部上传，课程没有发布。已上传的文件已保存。",
    "Some media files have not been uploaded, so nothing was published. Uploaded files are kept.",
    "请重新运行发布命令，只会上传缺少的文件。",
    "Run the publishing command again: it uploads only what is missing.",
)
MEDIA_INVALID = ProblemType(
    "MEDIA_INVALID",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "媒体文件不一致，课程没有发布。",
    "The media files are inconsistent, so nothing was published.",
    "请按 errors 检查播放列表和片段文件后重新发布。",
    "Check the playlist and the segments as errors says, and publish again.",
)
PUBLISHED_MEANWHILE = ProblemType(
    "PUBLISHED_MEANWHILE",
    HTTPStatus.CONFLICT,
    "在您预览之后，课程已有新的发布；您的更改没有发布。",
    "The course was published by somebody else after your preview; your changes were not published.",
    "请查看最新内容后重新发布。",
    "Look at the current publication and publish again.",
)

NOT_COMPLETED = ProblemType(
    "NOT_COMPLETED",
    HTTPStatus.FORBIDDEN,
    "完整学完课程后才能评价，您的评价没有发布。",
    "Only who has completed the course may review it; nothing was published.",
    "请先完整观看课程；刚刚看完的，请稍等片刻再试。",
    "Watch the whole course first; if you just have, wait a moment and try again.",
)
REVIEW_NOT_FOUND = ProblemType(
    "REVIEW_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "没有这条评价，或已撤回。",
    "There is no such review, or it was withdrawn.",
    "请刷新评价列表。",
    "Reload the list of reviews.",
)
OWN_REVIEW = ProblemType(
    "OWN_REVIEW",
    HTTPStatus.FORBIDDEN,
    "不能举报或处理自己的评价，未作任何更改。",
    "Nobody reports or moderates a review of their own; nothing was changed.",
    "可以修改或撤回自己的评价；处理请交给其他管理员。",
    "Edit or withdraw your own review; leave moderating it to somebody else.",
)
ENQUIRY_NOT_FOUND = ProblemType(
    "ENQUIRY_NOT_FOUND",
    HTTPStatus.NOT_FOUND,
    "没有这条咨询。",
    "There is no such enquiry.",
    "请返回咨询列表。",
    "Go back to your enquiries.",
)
ENQUIRY_FULL = ProblemType(
    "ENQUIRY_FULL",
    HTTPStatus.CONFLICT,
    "这条咨询的消息已达上限，本次没有发送；之前的消息都已保存。",
    "This enquiry has as many messages as it takes; nothing was sent, and what was sent before is kept.",
    "请新建一条咨询继续。",
    "Go on in a new enquiry.",
)
PERSON_ERASED = ProblemType(
    "PERSON_ERASED",
    HTTPStatus.CONFLICT,
    "该账号的个人信息已按申请删除，不能再发表内容；未作任何更改。",
    "This person's data was erased on request, so nothing can be written any more; nothing was changed.",
    "如需继续学习，请注册新账号。",
    "Register a new account to go on.",
)
TOO_OFTEN = ProblemType(
    "TOO_OFTEN",
    HTTPStatus.TOO_MANY_REQUESTS,
    "今天提交的次数已达上限，本次没有保存。",
    "This is more than one day allows; nothing was saved.",
    "请明天再试。",
    "Try again tomorrow.",
)

PUBLIC_PROBLEMS = (COURSE_NOT_FOUND,)
EDITOR_PROBLEMS = (
    COURSE_NOT_FOUND,
    COURSE_INVALID,
    COURSE_TOO_LARGE,
    CONTENT_ID_FIXED,
    CONTENT_VERSION_WRONG,
    MEDIA_INCOMPLETE,
    MEDIA_INVALID,
    PUBLISHED_MEANWHILE,
)
REVIEW_PROBLEMS = (NOT_COMPLETED, REVIEW_NOT_FOUND, OWN_REVIEW, PERSON_ERASED, TOO_OFTEN)
ENQUIRY_PROBLEMS = (COURSE_NOT_FOUND, ENQUIRY_NOT_FOUND, ENQUIRY_FULL, PERSON_ERASED, TOO_OFTEN)
