"""What a check found, in plain words: English and Chinese."""

from collections.abc import Iterator

from xueshi_verify.check import Result, Verdict
from xueshi_verify.proofs import instant

Text = tuple[str, str]
"""English and Chinese."""

VERDICTS: dict[Verdict, Text] = {
    Verdict.ACCEPTED: ("ACCEPTED: everything that can be checked is right.", "通过：能够核对的各项都正确。"),
    Verdict.REFUSED: ("NOT ACCEPTED: something in it is not right.", "不通过：其中有不正确之处。"),
    Verdict.UNREADABLE: ("UNREADABLE: nothing can be said of it.", "无法读取：不能作出任何判断。"),
}

PROBLEMS: dict[str, Text] = {
    "document": ("The file is broken, too large, or in a form that is not known here.", "文件损坏、过大，或格式未知。"),
    "encoding": ("Something is encoded in another way than the one that is allowed.", "编码方式不是唯一允许的那一种。"),
    "proof": ("The proof from the log is broken.", "日志证明已损坏。"),
    "proof_missing": ("There is no proof from the log.", "缺少日志证明。"),
    "policy": ("The policy is broken, or has a key of another use.", "策略文件损坏，或其中有其他用途的密钥。"),
    "keys": ("The published keys are missing or broken.", "公开密钥缺失或已损坏。"),
    "key_unknown": ("The key that it names is not among the published ones.", "所用密钥不在公开密钥之中。"),
    "key_use": ("The key or the algorithm is meant for something else.", "密钥或算法另有用途。"),
    "signature": (
        "The signature is wrong: it was changed, or is not from Xueshi.",
        "签名不正确：内容被改动，或并非学时签发。",
    ),
    "legs_order": ("A record is missing or in the wrong place.", "有记录缺失或次序不对。"),
    "head": ("The number of records or the last one is another than it says.", "记录的数目或最后一条与所述不符。"),
    "leg_foreign": ("A record is of another watch.", "有一条记录属于另一次学习。"),
    "leg_pins": ("A start names other conditions than the watch.", "某次开始所记的条件与本次学习不符。"),
    "session": ("A record is not of the session that was running.", "有记录不属于当时的会话。"),
    "goes_back": ("Time or progress goes back.", "时间或进度倒退。"),
    "too_fast": ("More was credited than time had passed.", "计入的时长超过实际经过的时间。"),
    "credit_closed": ("Something was credited while nothing could be.", "在不应计入时计入了进度。"),
    "day_cap": ("More was credited on a day than the rules allow.", "某日计入的时长超过规则上限。"),
    "answers": ("An answer does not fit what was asked before it.", "有回答与之前的互动不符。"),
    "prompts": ("The summary of prompts is not what the records say.", "互动摘要与记录不符。"),
    "prompts_missing": ("Not all prompts were confirmed.", "并非每次互动都已确认。"),
    "completion": ("The watch does not end with its completion.", "学习并未以完成结束。"),
    "totals": ("The totals are not what the records say.", "合计与记录不符。"),
    "not_covered": ("The lecture was not watched to its end.", "课程没有看完。"),
    "policy_date": ("The rules were not in force yet.", "所列规则当时尚未生效。"),
    "certificate_times": ("The certificate's dates contradict each other.", "证书的日期互相矛盾。"),
    "log_unknown": ("No log that the policy trusts has signed the checkpoint.", "检查点没有可信日志的签名。"),
    "log_signature": ("The log's signature is wrong.", "日志的签名不正确。"),
    "cosignature": ("A witness's signature is wrong.", "见证方的签名不正确。"),
    "not_cosigned": ("Too few witnesses have seen the log.", "见证方人数不足。"),
    "cosigned_early": ("It says that it was made after witnesses saw it.", "所述时间晚于见证时间。"),
    "not_included": (
        "It is not in the log: it was changed, or never logged.",
        "日志中没有它：内容被改动，或从未入册。",
    ),
    "checkpoint": ("The checkpoint that you kept is broken.", "您保存的检查点已损坏。"),
    "checkpoint_denied": (
        "The checkpoint that you kept is not one of this log that the policy accepts.",
        "您保存的检查点不属于这份日志，或不为名单所接受。",
    ),
    "checkpoint_undated": (
        "No witness says when the checkpoint that you kept was made: it cannot be compared.",
        "没有见证方说明您保存的检查点产生于何时，无法比较。",
    ),
    "forked": (
        "The log contradicts the checkpoint that you kept: it was rewritten.",
        "日志与您保存的检查点互相矛盾：日志曾被改写。",
    ),
    "backdated": ("It was made later than it says.", "实际产生时间晚于所述时间。"),
}

NOT_PROVED_OF_PACKS: tuple[Text, ...] = (
    ("who sat in front of the screen, or that anybody listened", "屏幕前是谁，以及是否用心听讲"),
    ("whose learner id this is: the pack holds no name", "学员编号属于谁：证据包内没有姓名"),
    ("that the server's clock was right before the witnesses' time", "见证时间之前，服务器的时钟是否准确"),
    ("whether hours were awarded for it, or still count", "是否已因此记学时，以及学时现在是否有效"),
    ("that the witnesses are independent: the policy is your choice", "见证方是否独立：策略由您选定"),
)
NOT_PROVED_OF_CERTIFICATES: tuple[Text, ...] = (
    ("whose certificate it is: no name is in it", "证书属于谁：其中没有姓名"),
    ("whether its hours still count today: ask for its code", "学时今天是否仍然有效：请按编号查验"),
    ("how the course was watched: its evidence pack says that", "课程是怎样看完的：见其证据包"),
    ("that the witnesses are independent: the policy is your choice", "见证方是否独立：策略由您选定"),
)


def lines(result: Result) -> Iterator[str]:
    """The report, line by line, each thing in both languages. Texts from the document are shown as they are escaped."""
    yield from _both(VERDICTS[result.verdict])
    for problem in result.problems:
        yield from _both(PROBLEMS[problem.code], f" [{problem.code}{': ' if problem.detail else ''}{problem.detail}]")
    if result.verdict is Verdict.ACCEPTED:
        yield ""
        yield "Proved / 已证明:"
        for text in (*_said(result), *_logged(result)):
            yield from _both(text, mark="+ ")
        yield "Not proved / 未证明:"
        for text in NOT_PROVED_OF_PACKS if result.pack else NOT_PROVED_OF_CERTIFICATES:
            yield from _both(text, mark="- ")


def _both(text: Text, more: str = "", mark: str = "") -> Iterator[str]:
    yield f"{mark}{text[0]}{plain(more)}"
    yield f"{' ' * len(mark)}{text[1]}"


def plain(text: str) -> str:
    """A text from a stranger's file, without characters that steer a terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _said(result: Result) -> Iterator[Text]:
    if result.pack:
        watch, legs = result.pack["watch"], result.pack["legs"]
        wrong = sum(leg["kind"] == "answered_wrong" for leg in legs)
        course, learner = (plain(watch[name]) for name in ("course_id", "learner_id"))
        begin, end = (instant(watch[name] // 1000) for name in ("started_at", "completed_at"))
        credited = f"{watch['furthest_ms'] / 1000} / {watch['duration_ms'] / 1000} s"
        confirmed = watch["confirmed"]
        yield (
            f"Xueshi signed (key {plain(result.key_id)}): learner {learner} watched course {course}, {begin} to {end}",
            f"学时签发（密钥 {plain(result.key_id)}）：学员 {learner} 学习课程 {course}，{begin} 至 {end}",
        )
        yield (
            f"{len(legs)} records agree: {credited} watched, {confirmed} prompts confirmed, {wrong} wrong answers",
            f"{len(legs)} 条记录彼此一致：观看 {credited}，确认互动 {confirmed} 次，答错 {wrong} 次",
        )
        yield (
            f"nothing was credited faster than {watch['max_rate']} times real time, but for one gap",
            f"除一次断线余量外，计入速度不超过实际时间的 {watch['max_rate']} 倍",
        )
    if result.statement:
        said = result.statement
        title, certificate = plain(said["title"]), f"{said['credential']} {said['code']}"
        hours, at = said["hours"], said["completed_at"]
        yield (
            f"Xueshi issued certificate {certificate}: {hours} hours, {title}, completed {at}",
            f"学时签发证书 {certificate}：{hours} 学时，{title}，完成于 {at}",
        )


def _logged(result: Result) -> Iterator[Text]:
    if result.proof:
        note = result.proof.note
        origin, place = plain(note.origin), f"{result.proof.index} / {note.size}"
        yield (f"it is in the log {origin}, entry {place}", f"已在日志 {origin} 中，条目 {place}")
    if not result.cosigned_at:
        yield ("no witness vouches for that: the policy asks for none", "没有见证方为此作证：策略未作要求")
    for name, at in sorted(result.cosigned_at.items()):
        yield (f"witness {plain(name)} had seen that at {instant(at)}", f"见证方 {plain(name)} 于 {instant(at)} 已看到")
