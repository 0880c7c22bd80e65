"""What a check found, in plain words: English and Chinese."""

from collections.abc import Iterator
from typing import Any

from xueshi_verify.check import Result, Verdict
from xueshi_verify.notes import Note
from xueshi_verify.packs import prompts_needed
from xueshi_verify.problems import Problem
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
    "policy": ("The policy is broken, or has a key of another use.", "名单损坏，或其中有其他用途的密钥。"),
    "keys": ("The published keys are missing or broken.", "公开密钥缺失或已损坏。"),
    "key_unknown": ("The key that it names is not among the published ones.", "所用密钥不在公开密钥之中。"),
    "key_use": ("The key or the algorithm is meant for something else.", "密钥或算法另有用途。"),
    "signature": (
        "The signature is wrong: it was changed, or is not from Xueshi.",
        "签名不正确：内容被改动，或并非学时平台签发。",
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
    "rules_unknown": (
        "The rules that it names for itself are not the published ones.",
        "它为自己列出的规则不是已公布的规则。",
    ),
    "policy_date": ("The rules were not in force yet.", "所列规则当时尚未生效。"),
    "certificate_times": ("The certificate's dates contradict each other.", "证书的日期互相矛盾。"),
    "log_unknown": (
        "No log that the policy trusts has signed the checkpoint.",
        "日志的快照（检查点）没有可信日志的签名。",
    ),
    "log_signature": ("The log's signature is wrong.", "日志的签名不正确。"),
    "cosignature": ("A witness's signature is wrong.", "见证方的签名不正确。"),
    "not_cosigned": ("Too few witnesses have seen the log.", "见证方人数不足。"),
    "cosigned_early": ("It says that it was made after witnesses saw it.", "所述时间晚于见证时间。"),
    "not_included": (
        "It is not in the log: it was changed, or never logged.",
        "日志中没有它：内容被改动，或从未入册。",
    ),
    "checkpoint": (
        "A checkpoint, kept or published, is missing or broken.",
        "检查点（您保存的或已公布的）缺失或已损坏。",
    ),
    "tiles": ("The log's files are missing or do not give its checkpoint.", "日志的文件缺失，或与其检查点不符。"),
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
    (
        "that it was written down as it happened: Xueshi alone kept the record",
        "是否在学习时如实写下：记录只由学时平台自己保存",
    ),
    ("who sat in front of the screen, or that anybody listened", "屏幕前是谁，以及是否用心听讲"),
    ("whose learner id this is: the pack holds no name", "学员编号属于谁：证据包内没有姓名"),
    ("that the server's clock was right before the witnesses' time", "见证时间之前，服务器的时钟是否准确"),
    ("whether hours were awarded for it, or still count", "是否已因此记学时，以及学时现在是否有效"),
    ("that the witnesses are independent: the policy is your choice", "见证方是否独立：名单由您选定"),
)
NOT_PROVED_OF_CERTIFICATES: tuple[Text, ...] = (
    ("that it is deserved: Xueshi alone decided that", "是否应得：只由学时平台自己判断"),
    ("whose certificate it is: no name is in it", "证书属于谁：其中没有姓名"),
    ("whether its hours still count today: ask for its code", "学时今天是否仍然有效：请按编号查验"),
    (
        "how the course was watched: it names no watch, so only Xueshi says which pack belongs to it",
        "课程是怎样看完的：其中没有学习记录的编号，对应哪一份证据包只有学时平台能说明",
    ),
    ("that the witnesses are independent: the policy is your choice", "见证方是否独立：名单由您选定"),
)


def lines(result: Result) -> Iterator[str]:
    """The report, line by line, each thing in both languages. Texts from the document are shown as they are escaped."""
    yield from _both(VERDICTS[result.verdict])
    for problem in result.problems:
        yield from said_of_problem(problem)
    if result.verdict is Verdict.ACCEPTED:
        yield ""
        yield "Proved / 已证明:"
        for text in (*_said(result), *_logged(result)):
            yield from _both(text, mark="+ ")
        yield "Not proved / 未证明:"
        for text in NOT_PROVED_OF_PACKS if result.pack else NOT_PROVED_OF_CERTIFICATES:
            yield from _both(text, mark="- ")


def said_of_problem(problem: Problem) -> Iterator[str]:
    """What a problem is, its code and where."""
    yield from _both(PROBLEMS[problem.code], f" [{problem.code}{': ' if problem.detail else ''}{problem.detail}]")


def said_of_log(note: Note) -> Iterator[str]:
    """That a log is what it was."""
    origin, size = plain(note.origin), note.size
    english = f"ACCEPTED: the log {origin} has {size} entries and begins with every checkpoint that you kept."
    yield from _both((english, f"通过：日志 {origin} 现有 {size} 条，并以您保存的每个检查点开头。"))


def _both(text: Text, more: str = "", mark: str = "") -> Iterator[str]:
    yield f"{mark}{text[0]}{plain(more)}"
    yield f"{' ' * len(mark)}{text[1]}"


def plain(text: str) -> str:
    """A text from a stranger's file, without characters that steer a terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _said(result: Result) -> Iterator[Text]:
    if result.pack:
        yield from _said_of_watch(result.pack, plain(result.key_id))
        yield from _said_of_rules(result.pack)
    if result.statement:
        yield from _said_of_certificate(result.statement)


def _said_of_watch(pack: dict[str, Any], key_id: str) -> Iterator[Text]:
    watch, legs = pack["watch"], pack["legs"]
    wrong = sum(leg["kind"] == "answered_wrong" for leg in legs)
    course, learner = (plain(watch[name]) for name in ("course_id", "learner_id"))
    version, basis, number = plain(watch["content_version"]), plain(watch["basis"]), watch["number"]
    begin, end = (instant(watch[name] // 1000) for name in ("started_at", "completed_at"))
    credited = f"{watch['furthest_ms'] / 1000} / {watch['duration_ms'] / 1000} s"
    confirmed = watch["confirmed"]
    yield (
        f"Xueshi states (key {key_id}) that learner {learner} watched course {course}, {begin} to {end}",
        f"学时平台声明（密钥 {key_id}）：学员 {learner} 学习课程 {course}，{begin} 至 {end}",
    )
    yield (
        f"as attempt {number}, of content version {version}, on the basis of {basis}",
        f"第 {number} 次学习，内容版本 {version}，依据 {basis}",
    )
    yield (
        f"{len(legs)} records agree: {credited} watched, {confirmed} prompts confirmed, {wrong} wrong answers",
        f"{len(legs)} 条记录彼此一致：观看 {credited}，确认互动 {confirmed} 次，答错 {wrong} 次",
    )
    yield (
        f"by them nothing was credited faster than {watch['max_rate']} times real time, but for one gap",
        f"按这些记录，除一次断线余量外，计入速度不超过实际时间的 {watch['max_rate']} 倍",
    )


def _said_of_rules(pack: dict[str, Any]) -> Iterator[Text]:
    rules, needed = pack["policy"], prompts_needed(pack)
    gap, tail, beat, lease = (
        rules[f"{name}_ms"] / 1000 for name in ("gap_cap", "tail_tolerance", "beat_interval", "lease")
    )
    hours, named = rules["daily_cap_ms"] / 3_600_000, f"{plain(rules['id'])} ({rules['effective_from']})"
    yield (
        f"by the published rules {named}: {needed} prompts, at most {gap} s for a gap, {hours} h a day, "
        f"{tail} s of the end may be missing, beats {beat} s apart, a session ends after {lease} s",
        f"按已公布的规则 {named}：互动 {needed} 次，断线余量最多 {gap} 秒，每日最多 {hours} 小时，"
        f"结尾最多缺 {tail} 秒，每 {beat} 秒上报一次，{lease} 秒无音讯则会话结束",
    )


def _said_of_certificate(said: dict[str, Any]) -> Iterator[Text]:
    title, certificate, hours = plain(said["title"]), f"{said['credential']} {said['code']}", said["hours"]
    issued, completed, end = said["issued_at"], said["completed_at"], said["period_end"] or "..."
    category = {"compulsory": "必修", "elective": "选修"}[said["category"]]
    yield (
        f"Xueshi states certificate {certificate}: {hours} hours ({said['category']}), {title}, completed {completed}",
        f"学时平台声明证书 {certificate}：{hours} 学时（{category}），{title}，完成于 {completed}",
    )
    yield (
        f"issued {issued}, for the period {said['period_start']} to {end}",
        f"签发于 {issued}，计入周期 {said['period_start']} 至 {end}",
    )


def _logged(result: Result) -> Iterator[Text]:
    if result.proof:
        note = result.proof.note
        origin, place, size = plain(note.origin), result.proof.index + 1, note.size
        yield (
            f"it is in the log {origin}, as entry {place} of {size}",
            f"已在日志 {origin} 中，共 {size} 条，第 {place} 条",
        )
    if not result.cosigned_at:
        yield ("no witness vouches for that: the policy asks for none", "没有见证方为此作证：名单未作要求")
    for name, at in sorted(result.cosigned_at.items()):
        yield (f"witness {plain(name)} had seen that at {instant(at)}", f"见证方 {plain(name)} 于 {instant(at)} 已看到")
