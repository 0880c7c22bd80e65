"""What the learner reads beside a declaration."""

from services.credits.app.texts.reasons import Text
from services.credits.domain.declarations import DeclarationState

STATE_TEXTS = {
    DeclarationState.DECLARED: Text("已申报，将随下一批次报送。", "Declared; it leaves with the next batch."),
    DeclarationState.EXPORTED: Text("已报送认证机构，等待结果。", "Sent to the certifying body; its answer is due."),
    DeclarationState.ACCEPTED: Text("认证机构已认可。", "Accepted by the certifying body."),
    DeclarationState.DENIED: Text(
        "认证机构未认可，原因见 reason；可再次申报。",
        "Denied by the certifying body, see reason; you may declare it again.",
    ),
    DeclarationState.WITHDRAWN: Text("申报在报送前已撤回。", "Withdrawn before anything was sent."),
    DeclarationState.TAKEN_BACK: Text(
        "学时已冲销，以冲销行通知认证机构。",
        "The hours were reversed; a counter line tells the certifying body.",
    ),
}
