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
_IN_SEVERAL_CALLS: frozenset[Step] = frozenset({"transcribe", "summarise"})
"""Steps that take as many calls as a lecture needs: who answered them was too slow."""
_SHORTER = "处理时间超过了系统的上限。请把录像剪成几节较短的课，分别上传"
_SHORTER_EN = "it took longer than a step may. Cut the recording into several shorter lectures, and bring each"


def fail_run(ctx: StepContext, call: StepCall, out_of_time: bool = False) -> Onward:
    """Ends the run at this step, after all that the machine tried; a run that is over stays as it ended.

    What was out of time is so the next time too.
    """
    message, message_en = _TOLD[call.step]
    too_long = out_of_time and call.step not in _IN_SEVERAL_CALLS
    what, what_en = (_SHORTER, _SHORTER_EN) if too_long else (_LATER, _LATER_EN)
    code = "STEP_OUT_OF_TIME" if out_of_time else "STEP_FAILED"
    fail_step(ctx, call, Hindrance(code, f"{message}。{what}", f"{message_en}; {what_en}"))
    return Onward(go_on=False)
