"""Writes that a step failed for good, for whatever reason that is none of the editor's."""

from services.catalog.app.context import StepContext
from services.catalog.app.productions.take_step import Onward, StepCall, fail_step
from services.catalog.domain.production import Hindrance, Step

_LATER = "请稍后重新处理；如仍失败，请联系管理员"
_LATER_EN = "run the steps again later, and tell an administrator if it fails again"
_TOLD: dict[Step, tuple[str, str]] = {
    "probe": ("系统未能读取录像", "the system could not read the recording"),
    "encode": ("系统未能处理视频", "the system could not package the recording"),
    "check": ("系统未能检查视频", "the system could not check the packaged lecture"),
    "transcribe": ("系统未能转写；也可以自行上传字幕", "the system could not transcribe it; you may bring captions"),
    "summarise": ("系统未能起草；也可以自行编写各部分", "the system could not draft it; you may write it yourself"),
}


def fail_run(ctx: StepContext, call: StepCall) -> Onward:
    """Ends the run at this step, after all that the machine tried; a run that is over stays as it ended."""
    message, message_en = _TOLD[call.step]
    fail_step(ctx, call, Hindrance("STEP_FAILED", f"{message}。{_LATER}", f"{message_en}; {_LATER_EN}"))
    return Onward(go_on=False)
