"""Refusals of what concerns pictures of certificates."""

from services.kit.problems import conflict, declared_in, not_found, unprocessable

CERTIFICATE_DECIDED = conflict(
    "CERTIFICATE_DECIDED",
    "该证书没有在等待确认，未保存照片。",
    "The certificate does not wait for an administrator; the picture was not kept.",
    "如证书被退回，请先重新提交证书信息，再上传照片。",
    "If it was returned, send the certificate again first, then the picture.",
)
PICTURE_NOT_SENT = not_found(
    "PICTURE_NOT_SENT",
    "没有收到这张照片，或上传已过期。",
    "This picture has not arrived, or its upload has expired.",
    "请重新上传。",
    "Send it again.",
)
PICTURE_UNREADABLE = unprocessable(
    "PICTURE_UNREADABLE",
    "收到的文件不是可以显示的 JPEG 图片，没有保存。",
    "What arrived is no JPEG picture that can be shown; it was not kept.",
    "请换一张照片或另存为 JPEG 后重新上传。",
    "Take another picture, or save it as JPEG, and send that.",
)
PICTURE_GONE = not_found(
    "PICTURE_GONE",
    "没有这张照片：未上传，或已在处理证书后删除。",
    "There is no picture: none was sent, or it was deleted with the decision.",
    "如仍需查看，请退回证书并请学员重新上传。",
    "If it is needed, return the certificate and ask the learner for another one.",
)

PICTURE_PROBLEMS = declared_in(globals())
