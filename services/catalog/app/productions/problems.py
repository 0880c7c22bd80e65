"""Refusals of productions."""

from http import HTTPStatus

from services.kit.problems import ProblemType, conflict, declared_in, not_found, unprocessable

PRODUCTION_UNKNOWN = not_found(
    "PRODUCTION_UNKNOWN",
    "没有这个制作任务，或没有这个文件。",
    "There is no such production, or it has no such file.",
    "请返回课程制作的列表查看，或刷新本页。",
    "Look for it in the list of productions, or load the page again.",
)
PRODUCTION_CHANGED = conflict(
    "PRODUCTION_CHANGED",
    "这一部分刚被其他人修改；您的更改没有保存。",
    "Somebody else has just changed this part; your change was not saved.",
    "请看对方改成了什么，再保存您的更改。",
    "Look at what it says now, then save yours again.",
)
PRODUCTION_RUNNING = conflict(
    "PRODUCTION_RUNNING",
    "正在处理，此时不能这样做；未作任何更改。",
    "Its steps are running, which forbids this; nothing was changed.",
    "请等处理结束，或取消制作。",
    "Wait until they have ended, or cancel the production.",
)
COURSE_THERE = conflict(
    "COURSE_THERE",
    "这个课程编号已有发布过的课程；没有新建制作任务。",
    "A course of this id was published already; no production was begun.",
    "请选择从已发布的内容开始，或换一个课程编号。",
    "Begin from the published course, or choose another id.",
)
PRODUCTION_CLOSED = conflict(
    "PRODUCTION_CLOSED",
    "这个制作任务已发布或已取消，不能再更改。",
    "This production was published or cancelled and cannot be changed any more.",
    "如要更改课程，请制作新的一版（已发布的）或重新新建。",
    "To change the course, make a new publication of it, or begin it anew if it was cancelled.",
)
PRODUCTION_NOT_READY = unprocessable(
    "PRODUCTION_NOT_READY",
    "还不能发布：有内容尚缺或尚未审核。",
    "It cannot be published yet: something is missing or not reviewed.",
    "请补全列出的每一项后再发布。",
    "See to everything that is listed, then publish.",
)
PRODUCTION_EXPIRED = conflict(
    "PRODUCTION_EXPIRED",
    "制作文件已超过保存期限，不能再使用；已发布的课程不受影响。",
    "The files of this production are no longer kept; what is published is not affected.",
    "请新建一个制作任务，重新上传录像。",
    "Begin another production, and bring the recording again.",
)
FILE_REFUSED = unprocessable(
    "FILE_REFUSED",
    "不能接受这个文件，没有上传。",
    "This file cannot be taken; nothing was uploaded.",
    "请按列出的原因更换文件，再上传。",
    "Bring another file, for the reason that is given.",
)
FILE_INCOMPLETE = conflict(
    "FILE_INCOMPLETE",
    "文件还没有全部传到，已传的部分已保存。",
    "Not all parts of the file have arrived; those that have are kept.",
    "请继续上传缺少的部分。",
    "Go on sending the parts that are missing.",
)
RUN_NEEDS_RECORDING = unprocessable(
    "RUN_NEEDS_RECORDING",
    "还没有上传完的录像或录音，不能开始处理。",
    "There is no uploaded recording yet, so nothing can be run.",
    "请先上传录像(mp4、mov)或录音(m4a)。",
    "Upload a recording (mp4, mov or m4a) first.",
)
NO_TRANSCRIPT = unprocessable(
    "NO_TRANSCRIPT",
    "没有文稿，无法起草或更正。",
    "There is no transcript to draft from or to correct.",
    "请上传字幕并开始处理，或自行编写这一部分。",
    "Bring captions and start a run, or write the block yourself.",
)
SENTENCE_UNKNOWN = unprocessable(
    "SENTENCE_UNKNOWN",
    "文稿里没有这一句，或更正后没有文字；未作任何更改。",
    "The transcript has no such sentence, or nothing is left of one; nothing was changed.",
    "请刷新文稿后再更正。",
    "Read the transcript again and correct it.",
)
BLOCK_INVALID = unprocessable(
    "BLOCK_INVALID",
    "这一部分的内容有错误，没有保存。",
    "The block has mistakes; it was not saved.",
    "请改正列出的每一处。",
    "Correct every place that is listed.",
)
BLOCK_MARKED = unprocessable(
    "BLOCK_MARKED",
    "草稿中有须核对之处，还不能采用或保存。",
    "The draft has places that must be looked at before it is accepted or saved.",
    "请逐一核对标出的内容；确认无误后注明已核对，或改正。",
    "Look at everything that is marked; then say that you have, or correct it.",
)
BLOCK_UNDECIDABLE = conflict(
    "BLOCK_UNDECIDABLE",
    "这一部分没有待采用的草稿。",
    "This block has no draft to be accepted.",
    "请刷新后查看它现在的状态。",
    "Load the page again and look at how the block stands now.",
)
BLOCK_WRITTEN = conflict(
    "BLOCK_WRITTEN",
    "这一部分已由人编写或采用，不会被新草稿替换。",
    "A person wrote or accepted this block, so no draft takes its place.",
    "如要重新起草，请先重新审核或舍弃它。",
    "To have it drafted again, reopen or drop it first.",
)
REVIEWER_NEEDED = unprocessable(
    "REVIEWER_NEEDED",
    "这一部分有机器起草的内容，须写明审核人。",
    "Something of what a machine drafted is in this block: it needs the name of whoever reviewed it.",
    "请填写审核人的姓名或称呼，或全部改写。",
    "Say who reviewed it, as learners will read it, or rewrite all of it.",
)
MEDIA_BEING_COPIED = ProblemType(
    HTTPStatus.CONFLICT,
    "MEDIA_BEING_COPIED",
    "视频文件正在就位，课程还没有发布。",
    "The media are being put in place; nothing is published yet.",
    "请稍候再发布一次，会从已完成处继续。",
    "Publish again in a moment: it goes on where it was.",
    retry_after_s=1,
)

PRODUCTION_PROBLEMS = declared_in(globals())
