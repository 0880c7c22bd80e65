"""A production as editors and the machine that runs its steps see it, in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.catalog.adapters.caption_file import read_captions
from services.catalog.app.context import PackagingContext, ProducingContext
from services.catalog.app.ports import EncodingService, Model, Summariser, Transcriber
from services.catalog.app.productions.check_lecture import check_lecture
from services.catalog.app.productions.draft_summary import draft_summary
from services.catalog.app.productions.package_recording import begin_encoding, encode_recording, probe_recording
from services.catalog.app.productions.take_step import Onward, StepCall
from services.catalog.app.productions.write_down import write_down
from services.catalog.domain.course import MindMapNode
from services.catalog.domain.draft import Draft, DraftChapter, DraftKeyPoint, DraftQuestion, Lecture
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.production import STEPS, Step
from services.catalog.domain.recording import Probe
from services.catalog.domain.transcript import Stretch
from services.catalog.handlers import editor
from services.kit.http import HttpApi
from tests.fakes.media_tool import ScriptedMediaTool
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.catalog.world import FILES, World

PRODUCTIONS = "/v1/catalog/productions"
ME, COLLEAGUE = claims("editor-1", "editor"), claims("editor-2", "editor")
RECORDING = b"\x00\x00\x00\x18ftypisom" + bytes(2_000)
SECONDS = 7.5
CAPTIONS = """WEBVTT

00:00.500 --> 00:02.000
今天讲债券的久期。

00:02.000 --> 00:04.000
久期说的是价格对利率的敏感度。

00:04.000 --> 00:06.000
利率上升,债券的价格就下降。

00:06.000 --> 00:07.400
久期越长,下降得越多。
"""
FACTS: dict[str, Any] = {
    "content_id": "bonds-lecture",
    "title": "债券入门",
    "hours": "1.5",
    "category": "elective",
    "eligible_credentials": ["AFP", "CFP"],
    "published_on": "2026-03-02",
    "price_fen": 1000,
    "member_price_fen": 800,
    "member_recommended": True,
    "member_library": False,
    "watch": {"max_rate": "1.0"},
    "instructors": [{"name": "林知远", "title": "讲师", "bio": "讲债券。"}],
}
LECTURE = {
    name.removeprefix("media/"): content if isinstance(content, bytes) else content.encode()
    for name, content in FILES.items()
    if name.startswith("media/")
}


def drafted(lecture: Lecture, progress: Callable[[int, int], None]) -> Draft:
    """A draft of the captions above. One of its key points says what nobody said."""
    whole = Stretch(1, len(lecture.transcript.sentences))
    progress(1, 1)
    return Draft(
        made_by="model-1",
        keywords=("久期", "债券"),
        abstract="久期说的是价格对利率的敏感度。",
        chapters=(
            DraftChapter("债券的久期", "今天讲债券的久期。", Stretch(1, 2)),
            DraftChapter("利率上升", "利率上升,债券的价格就下降。", Stretch(3, 4)),
        ),
        key_points=(DraftKeyPoint("利率升到9%会怎样?", "年化9%的利率", whole),),
        mind_map=MindMapNode("债券", (MindMapNode("久期"),)),
        questions=(DraftQuestion("利率上升,价格怎样?", ("下降", "上升", "不变", "无关"), 0, Stretch(3, 3)),),
    )


@dataclass
class Studio:
    """One production, begun by `begin`; `step` and `run` are what the machine does."""

    world: World
    summarise: Summariser = drafted
    transcriber: Transcriber | None = None
    encoding: EncodingService | None = None
    model: Model | None = None
    tool: ScriptedMediaTool = field(
        default_factory=lambda: ScriptedMediaTool(Probe(7_500, 1280, 720, 25.0, has_sound=True), LECTURE)
    )
    production_id: ProductionId | None = None
    keys: int = 0

    def __post_init__(self) -> None:
        self.api: HttpApi = editor.build_api(self.world.media, origin_secret)

    def key(self) -> str:
        """A new idempotency key."""
        self.keys += 1
        return f"idempotency-key-{self.keys:06d}"

    def send(self, method: str, path: str = "", body: Any = None, who: dict[str, str] = ME, **headers: str) -> Answer:
        """The answer to a request about the production."""
        address = f"{PRODUCTIONS}/{self.production_id}{path}" if self.production_id else f"{PRODUCTIONS}{path}"
        return send(self.api, request(method, address, body, who=who, **headers))

    def listed(self, query: str = "", who: dict[str, str] = ME) -> Answer:
        """A page of the list."""
        return send(self.api, request("GET", f"{PRODUCTIONS}{query}", who=who))

    def begin(self, **changes: Any) -> Any:
        """Begins the production."""
        self.production_id = None
        body = {"course_id": "bonds", "title": "债券入门", "language": "zh", **changes}
        answer = self.send("POST", "", body, idempotency_key=self.key())
        assert answer.status == 200, answer.body
        self.production_id = ProductionId(answer.body["production_id"])
        return answer.body

    def read(self) -> Any:
        """The production."""
        answer = self.send("GET")
        assert answer.status == 200, answer.body
        return answer.body

    def announce(self, role: str, name: str, size: int, **more: Any) -> Answer:
        """Announces a file."""
        body = {"role": role, "name": name, "bytes": size, **more}
        return self.send("POST", "/files", body, idempotency_key=self.key())

    def bring(self, role: str, name: str, content: bytes, **more: Any) -> Any:
        """Uploads a file in all its parts, and completes it."""
        answer = self.announce(role, name, len(content), **more)
        assert answer.status == 200, answer.body
        file = answer.body
        self.upload(file, content)
        return self.complete(file["file_id"]).body

    def upload(self, file: Any, content: bytes) -> None:
        """Sends all parts of a file."""
        size = file["part_bytes"]
        numbers = list(range(1, -(-len(content) // size) + 1))
        signed = self.send("POST", f"/files/{file['file_id']}/parts", {"numbers": numbers})
        for part in signed.body["parts"]:
            begin = (part["number"] - 1) * size
            self.world.production_files.send(part["url"], content[begin : begin + size])

    def complete(self, file_id: str) -> Answer:
        """Completes a file."""
        return self.send("POST", f"/files/{file_id}/completion")

    def write_facts(self, **changes: Any) -> Answer:
        """Writes valid facts but for the changes; None leaves one out."""
        facts = {name: value for name, value in {**FACTS, **changes}.items() if value is not None}
        return self.send("PUT", "/facts", {"revision": self.read()["facts"]["revision"], "facts": facts})

    def start(self, **body: Any) -> Answer:
        """Begins a run."""
        return self.send("POST", "/runs", body)

    def call(self, step: Step, run: int = 1) -> StepCall:
        """How the machine names a step."""
        assert self.production_id, "nothing is begun"
        return StepCall(self.production_id, run, step)

    def step(self, step: Step, run: int = 1) -> Onward:
        """What the machine asks of a function."""
        call = self.call(step, run)
        match step:
            case "probe":
                return probe_recording(self.packaging(), call)
            case "encode":
                return encode_recording(self.packaging(), call)
            case "check":
                return check_lecture(self.producing(), call)
            case "transcribe":
                return write_down(self.producing(), call)
            case "summarise":
                return draft_summary(self.producing(), call)

    def begin_encoding(self, run: int = 1) -> Onward:
        """What the machine asks before a service encodes."""
        return begin_encoding(self.producing(), self.call("encode", run))

    def steps(self, run: int = 1) -> None:
        """All steps, as the machine goes through them."""
        for step in STEPS:
            onward = self.step(step, run)
            while onward.wait:
                onward = self.step(step, run)
            if not onward.go_on:
                return

    def make(self, captions: str | None = CAPTIONS) -> Any:
        """Brings what is needed, runs all steps, and returns the production."""
        self.begin()
        self.bring("recording", "talk.mp4", RECORDING)
        if captions is not None:
            self.bring("captions", "talk.vtt", captions.encode())
        assert self.write_facts().status == 200
        assert self.start().status == 200
        self.steps()
        return self.read()

    def block(self, name: str) -> Any:
        """A block as it stands."""
        return next(block for block in self.read()["blocks"] if block["block"] == name)

    def decide(self, block: str, decision: str, who: dict[str, str] = ME, **body: Any) -> Answer:
        """Decides on a block as it stands, unless another revision is given."""
        revision = body.pop("revision", None)
        sent = {"revision": self.block(block)["revision"] if revision is None else revision, "decision": decision}
        return self.send("PUT", f"/blocks/{block}", {**sent, **body}, who)

    def draft_again(self, block: str, revision: int | None = None) -> Answer:
        """Asks for another draft in place of the block as it stands, unless another revision is given."""
        known = self.block(block)["revision"] if revision is None else revision
        return self.send("POST", f"/blocks/{block}/drafts", {"revision": known})

    def accept_all(self) -> None:
        """Takes every draft, with its marks seen."""
        for block in self.read()["blocks"]:
            if block["state"] == "draft":
                answer = self.decide(block["block"], "accept", reviewer="王编辑", marks_seen=True)
                assert answer.status == 200, answer.body

    def publish(self, **body: Any) -> Answer:
        """Publishes."""
        return self.send("POST", "/publication", {"reason": "because", **body})

    def packaging(self) -> PackagingContext:
        """What the media function works with."""
        ctx = self.world.ctx
        return PackagingContext(
            ctx.store, ctx.clock, ctx.ids, ctx.events, ctx.audit, self.world.production_files, self.tool
        )

    def producing(self) -> ProducingContext:
        """What the other steps' function works with."""
        ctx, files = self.world.ctx, self.world.production_files
        return ProducingContext(
            ctx.store,
            ctx.clock,
            ctx.ids,
            ctx.events,
            ctx.audit,
            files,
            self.world.bucket,
            read_captions,
            self.summarise,
            "openai" if self.transcriber else "none",
            self.transcriber,
            self.encoding,
            self.model,
        )
