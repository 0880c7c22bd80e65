"""The table's rows: what each compares, and how it is measured on a running stage."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import boto3

from infra.packaging import COMMON_LAYER, cached_layer, host_platform
from local.emulator import REGION, ROOT
from tests.bench.meter import UNIT_BYTES, item_bytes
from tests.bench.model import Beat
from tests.bench.peers.floor import token_of
from tests.bench.sides import Json, Side, WrongAnswer, cold_ratio, warm_ratio
from tests.bench.stage import LONG_COURSE, Package, Stage
from tests.bench.wire import Wire
from tests.gateway import request

HOME = ROOT / "build" / "bench"
PEERS = Path(__file__).with_name("peers")
INSTALLED = HOME / "peers"
RUNTIMES_OWN = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
"""What Lambda's Python carries itself."""
BEAT = "POST /v1/playback/beats"
COURSE_PAGE = "GET /v1/catalog/courses/{course_id}"
TABLE = "xueshi-playback"
WAITS_MS, WHOLE_CPU_MIB = 5, 1769
"""How long a beat waits for DynamoDB, and the memory at which a function has a whole CPU: CPU time is given in it."""


@dataclass(frozen=True)
class Asked:
    """A request that stands for a function: whose, where, and the status that is right."""

    route_key: str
    account: str = ""
    path: str = ""
    status: int = 200
    body: Json | None = None


ASKED = (
    Asked(COURSE_PAGE, path=f"/v1/catalog/courses/{LONG_COURSE}"),
    Asked("GET /v1/catalog/publications", "editor"),
    Asked("GET /v1/catalog/unread-answers", "member"),
    Asked("GET /v1/catalog/reported-reviews", "moderator"),
    Asked("GET /v1/catalog/favourites", "member"),
    Asked("GET /v1/orders/cart", "member"),
    Asked("GET /v1/orders/exports", "finance"),
    Asked("GET /v1/orders/finance/refunds", "finance", "/v1/orders/finance/refunds?day=2026-11-30"),
    Asked("GET /v1/orders/payment-methods", "member"),
    Asked("POST /v1/orders/payment-callbacks/wechat", status=401, body={}),
    Asked("GET /v1/playback/progress/{course_id}", "member", f"/v1/playback/progress/{LONG_COURSE}"),
    Asked("GET /v1/playback/jwks"),
    Asked("GET /v1/playback/statements", "member"),
    Asked("POST /v1/playback/media-grants", "member"),
    Asked("GET /v1/playback/risk-cases", "reviewer", "/v1/playback/risk-cases?period=2026-11"),
    Asked("GET /v1/credits/account", "member"),
    Asked("GET /v1/credits/attestations", "member"),
    Asked("GET /v1/credits/issuer"),
    Asked("GET /v1/credits/declarations", "member"),
    Asked("GET /v1/credits/access/sign-ins", "member"),
    Asked("GET /v1/credits/push", "member"),
    Asked("POST /v1/credits/learner-lookups", "support", body={"by": "learner_id", "text": "00000000"}),
    # Of a country to which nothing is sent: a number that is served may be sent one a minute.
    Asked(
        "POST /v1/credits/identities/phone-codes",
        status=422,
        body={"phone": "+14155550100", "device": "bench-0123456789"},
    ),
    Asked("GET /v1/credits/verification/{code}", path="/v1/credits/verification/AAAA-AAAA-AAAA", status=404),
)
"""One request for each function that answers HTTP, but the beat's."""


@dataclass(frozen=True)
class Figure:
    """What was measured of a row: its figures, as many as its targets, and what else is worth knowing."""

    values: tuple[float, ...]
    note: str = ""


@dataclass
class Bench:
    """A stage with a wire to count on, and the sides to measure on it."""

    stage: Stage
    wire: Wire
    pairs: int
    say: Callable[[str], None] = field(default=lambda _: None)

    def side(self, package: Package, event: Json, status: int = 200) -> Side:
        """A function as it is packaged, and the event that it is called with."""

        def right(answer: Json) -> bool:
            return int(answer["statusCode"]) == status

        path = [*package.path, str(self.carried)]
        environment = {**package.environment, **self.surroundings, "AWS_LAMBDA_FUNCTION_NAME": package.name}
        log = HOME / f"{package.name}.log"
        log.write_bytes(b"")
        return Side(package.name, package.handler, path, environment, event, right, log=log)

    def asked(self, one: Asked) -> Side:
        """A function, asked as it is stood for."""
        event = self.event(one.route_key, one.account, one.path, one.body)
        side = self.side(self.stage.behind(one.route_key), event, one.status)
        if one.route_key.endswith("media-grants"):
            # A session lives for a minute or two, and a grant does not make that longer.
            side.prepare = lambda: event.update(body=json.dumps({"token": self.session()["token"]}))
        return side

    def peer(self, handler: str, event: Json, right: Callable[[Any], bool], *path: str) -> Side:
        """A program of tests/bench/peers, with Lambda's own boto3 and what else it needs on its path."""
        environment = {**self.surroundings, "TABLE_NAME": TABLE}
        log = HOME / f"{handler}.log"
        log.write_bytes(b"")
        return Side(
            handler, handler, [str(self.compiled), str(self.carried), *path], environment, event, right, log=log
        )

    @cached_property
    def surroundings(self) -> dict[str, str]:
        """What Lambda's environment has beside a function's own."""
        return {
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "LANG": "C.UTF-8",
        }

    @cached_property
    def endpoint_url(self) -> str:
        """Where all sides find AWS."""
        return self.wire.door()

    @cached_property
    def carried(self) -> Path:
        """Lambda's own boto3, as this environment has it."""
        home = HOME / "runtime"
        home.mkdir(parents=True, exist_ok=True)
        for name in RUNTIMES_OWN:
            if not (home / name).exists():
                (home / name).symlink_to(Path(boto3.__file__).parent.parent / name)
        return home

    @cached_property
    def compiled(self) -> Path:
        """The peers with bytecode, as packages have it."""
        home = HOME / "programs"
        home.mkdir(parents=True, exist_ok=True)
        for program in PEERS.glob("*.py"):
            (home / program.name).write_bytes(program.read_bytes())
        command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-f", str(home)]
        subprocess.run(command, check=True)  # noqa: S603 (our own arguments)
        return home

    @cached_property
    def layer(self) -> str:
        """Powertools, PynamoDB and pydantic, as this checkout locks them."""
        return str(cached_layer(host_platform(), COMMON_LAYER) / "python")

    def boto3_update(self) -> Side:
        """The plainest function."""
        return self.peer("boto3_update.handler", {"table": TABLE, "key": "PEER#boto3"}, _counted_up)

    def pynamo_update(self) -> Side:
        """One conditional update by PynamoDB."""
        return self.peer("pynamo.update", {"key": "PEER#pynamo"}, _counted_up, self.layer)

    def plain(self) -> Side:
        """A plain function of Powertools and PynamoDB, asked over HTTP for an item that is there."""
        table = self.stage.client("dynamodb")
        table.put_item(TableName=TABLE, Item={"pk": {"S": "plain"}, "sk": {"S": "PEER"}, "version": {"N": "7"}})

        def right(answer: Json) -> bool:
            return (answer["statusCode"], json.loads(answer["body"])) == (200, {"version": 7})

        return self.peer("plain.handler", self.event("GET /plain/{key}", "", "/plain/plain"), right, self.layer)

    def event(self, route_key: str, account: str, path: str = "", body: Json | None = None, **more: str) -> Json:
        """A request as the gateway hands it on, from our own origin."""
        method, template = route_key.split(" ")
        who = self.stage.claims(account) if account else {}
        event = request(method, path or template, body, who=who, **more)
        names = re.findall(r"\{(\w+)\}", template)
        found = re.fullmatch(re.sub(r"\{\w+\}", "([^/]+)", template), event["rawPath"])
        event["pathParameters"] = dict(zip(names, found.groups() if found else (), strict=True))
        event["headers"] |= {"x-origin-verify": self.stage.origin_secret, "user-agent": "Mozilla/5.0", "accept": "*/*"}
        event["routeKey"] = event["requestContext"]["routeKey"] = route_key
        event["requestContext"] |= {
            "accountId": "000000000000",
            "apiId": "api",
            "domainName": "api.execute-api.us-east-1.amazonaws.com",
            "requestId": uuid4().hex,
            "time": "30/Nov/2026:09:00:00 +0000",
            "timeEpoch": 1_796_029_200_000,
        }
        event["requestContext"]["http"] |= {"protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "Mozilla/5.0"}
        return event

    def session(self) -> Json:
        """A session of the member's on a lecture of fifty minutes."""
        body = {"course_id": LONG_COURSE, "take_over": True}
        return dict(self.stage.as_("member").post("/v1/playback/sessions", body).accepted())

    def beat(self) -> Side:
        """A beat, as packaged: each sample is the session's next one, accepted and credited."""
        state = self.session()
        body = {"token": state["token"], "position_ms": state["furthest_ms"] + 1}
        side = self.side(self.stage.behind(BEAT), self.event(BEAT, "member", body=body))

        def right(answer: Json) -> bool:
            # After many beats in one process the event here is the first one's.
            asked, said = json.loads(side.event["body"]), json.loads(answer["body"])
            is_credited = bool(said.get("furthest_ms", -1) >= asked["position_ms"])
            return bool(answer["statusCode"] == 200 and is_credited and said["token"] != asked["token"])

        return replace(side, right=right, chain=True)

    def floor(self) -> Side:
        """The same beat with the standard library alone."""
        learner = self.stage.claims("member")["sub"]
        live = {"learner": learner, "version": 0, "at": 0, "bucket": 0, "furthest_ms": 0, "filler": "x" * 500}
        self.stage.client("dynamodb").delete_item(
            TableName=TABLE, Key={"pk": {"S": f"LEARNER#{learner}"}, "sk": {"S": "FLOOR"}}
        )
        event = self.event(BEAT, "member", body={"token": token_of(live), "position_ms": 1})
        side = self.peer("floor.handler", event, lambda answer: json.loads(answer["body"])["furthest_ms"] > 0)
        return replace(side, chain=True)


def _counted_up(answer: Json) -> bool:
    return int(answer["version"]) > 0


def beat_cold(bench: Bench) -> Figure:
    """Row 1."""
    found = cold_ratio(bench.beat(), bench.boto3_update(), bench.pairs)
    return Figure((found.value,), f"{found.milliseconds:.0f} / {found.of_milliseconds:.0f} ms")


def others_cold(bench: Bench) -> Figure:
    """Row 2."""
    asked = {bench.stage.behind(one.route_key).name: one for one in ASKED}
    beat = bench.stage.behind(BEAT).name
    if missing := bench.stage.http_functions() - asked.keys() - {beat}:
        raise WrongAnswer(f"no request stands for {', '.join(sorted(missing))}")
    plain = bench.plain()
    found = {}
    for name, one in asked.items():
        if name == beat:
            continue
        found[name] = cold_ratio(bench.asked(one), plain, bench.pairs).value
        bench.say(f"  {name}: {found[name]:.2f}")
    worst = max(found, key=lambda name: found[name])
    return Figure((median(found.values()), found[worst]), f"worst: {worst.removeprefix('xueshi-')}")


def fed_cold(bench: Bench) -> Figure:
    """Row 3: relays, and consumers of whatever the demo and one watch have published."""
    events, plain, found = bench.stage.published(), bench.plain(), {}
    for package, types in bench.stage.fed():
        known = [events[type_] for type_ in types if type_ in events]
        if types and not known:
            continue
        event = _delivered(known[0]) if types else _streamed(events["orders.membership_changed.v1"])
        side = replace(bench.side(package, event), right=lambda answer: answer == {"batchItemFailures": []})
        found[package.name] = cold_ratio(side, plain, bench.pairs).value
        bench.say(f"  {package.name}: {found[package.name]:.2f}")
    return Figure((median(found.values()), max(found.values())), f"{len(found)} functions: median, worst")


def _delivered(event: Json) -> Json:
    """As a queue delivers it: an event of its own, so that it is not taken for a second delivery."""
    detail = event | {"id": uuid4().hex}
    body = {"source": event["source"], "detail-type": event["type"], "detail": detail}
    record = {"messageId": uuid4().hex, "body": json.dumps(body), "eventSource": "aws:sqs", "attributes": {}}
    return {"Records": [record]}


def _streamed(event: Json) -> Json:
    """As an outbox's stream delivers it."""
    image = {"pk": {"S": event["subject"]}, "sk": {"S": event["id"]}, "body": {"S": json.dumps(event)}}
    change = {"Keys": {}, "NewImage": image, "SequenceNumber": "1"}
    return {"Records": [{"eventID": "1", "eventName": "INSERT", "dynamodb": change, "eventSource": "aws:dynamodb"}]}


def beat_warm(bench: Bench) -> Figure:
    """Row 4."""
    found = warm_ratio(bench.beat(), bench.pynamo_update(), bench.pairs)
    return Figure((found.value,), f"{found.milliseconds:.2f} / {found.of_milliseconds:.2f} ms")


def beat_to_floor(bench: Bench) -> Figure:
    """Row 5."""
    found = warm_ratio(bench.beat(), bench.floor(), bench.pairs)
    return Figure((found.value,), f"{found.milliseconds:.2f} / {found.of_milliseconds:.2f} ms")


def token(bench: Bench) -> Figure:
    """Row 6."""
    ring = bench.stage.client("secretsmanager").get_secret_value(SecretId="xueshi-playback-keyring")["SecretString"]
    learner = bench.stage.claims("member")["sub"]
    event = {"ring": json.loads(ring), "learner_id": learner, "token": bench.session()["token"]}
    package = bench.stage.behind("POST /v1/playback/sessions")
    side = bench.peer("tokens.handler", event, lambda answer: bool(answer["token"] == event["token"]), *package.path)
    other = bench.peer("ed25519.handler", {}, lambda answer: bool(answer["checked"]), bench.layer)
    found = warm_ratio(side, other, bench.pairs, calls=200)
    return Figure((found.value,), f"{1000 * found.milliseconds:.0f} / {1000 * found.of_milliseconds:.0f} µs")


@dataclass(frozen=True)
class Counted:
    """What a warm beat asks of AWS and of the log, and how large it is."""

    writes: int
    reads: int
    events: int
    lines: int
    item_bytes: int
    sent_bytes: int
    answered_bytes: int


def count_beat(bench: Bench) -> Counted:
    """One warm beat, on the wire. Raises WrongAnswer where it is not one call to DynamoDB and nothing else."""
    side = bench.beat()
    with side.warm() as call:
        bench.wire.clear()
        side.log.write_bytes(b"")
        before = side.event["body"]
        call(1)
        calls = list(bench.wire.calls)
        lines = len(side.log.read_bytes().splitlines())
    writes = [call for call in calls if call.name in ("PutItem", "UpdateItem")]
    reads = [call for call in calls if call.name in ("GetItem", "Query", "BatchGetItem")]
    if len(calls) != len(writes) + len(reads):
        raise WrongAnswer(f"a beat asks AWS for {', '.join(call.operation for call in calls)}")
    return Counted(
        writes=len(writes),
        reads=len(reads),
        events=sum(call.name == "PutEvents" for call in calls),
        lines=lines,
        item_bytes=max(item_bytes(call.content["Item"]) for call in writes),
        sent_bytes=len(before),
        answered_bytes=side.answered_bytes,
    )


def beat_counted(bench: Bench) -> Figure:
    """Row 7."""
    found = count_beat(bench)
    values = (found.writes, found.reads, found.events, found.lines, found.item_bytes)
    return Figure(values, f"asked in {found.sent_bytes}, answered in {found.answered_bytes} bytes")


def course_page(bench: Bench) -> Figure:
    """Row 9."""
    asked = next(one for one in ASKED if one.route_key == COURSE_PAGE)
    page = bench.asked(asked)
    with page.warm() as call:
        bench.wire.clear()
        call(1)
        reads = sum(call.operation.startswith("DynamoDB") for call in bench.wire.calls)
    item = bench.stage.client("dynamodb").scan(TableName="xueshi-catalog", Limit=200)["Items"]
    page_item = max((i for i in item if i["pk"]["S"].endswith(LONG_COURSE)), key=item_bytes)
    event = {"key": page_item["pk"]["S"], "sort": page_item["sk"]["S"]}
    get = bench.peer("pynamo.get", event, lambda answer: int(answer["bytes"]) > 1000, bench.layer)
    get.environment["TABLE_NAME"] = "xueshi-catalog"
    found = warm_ratio(page, get, bench.pairs)
    return Figure((found.value,), f"{found.milliseconds:.1f} / {found.of_milliseconds:.1f} ms, {reads} reads")


def search(bench: Bench) -> Figure:
    """Row 10, as the checkout's own command shows it."""
    command = [str(bench.stage.checkout / ".venv/bin/python"), "-m", "tests.bench.catalogue"]
    done = subprocess.run(command, cwd=bench.stage.checkout, capture_output=True, text=True, check=True)  # noqa: S603
    taken = re.search(r"30 characters of a course +([\d.]+) ms, first +([\d.]+) ms", done.stdout)
    if not taken:
        raise WrongAnswer(f"tests.bench.catalogue shows no time of 30 characters: {done.stdout}")
    return Figure((float(taken[1]), float(taken[2])), "ms: warm, first")


def run_again(bench: Bench) -> Figure:
    """Row 11: what the stage was measured at when it started."""
    return Figure((bench.stage.ready_s, bench.stage.memory_mb), "on a machine that may have had other work")


def bill(bench: Bench) -> Figure:
    """Row 8: the model's prices, with this checkout's pace, template and counted beat."""
    policies = bench.stage.checkout / "services/playback/domain/policies.toml"
    editions = tomllib.loads(policies.read_text("utf-8"))["policy"]
    newest = max(editions, key=lambda edition: edition["effective_from"])
    found, package = count_beat(bench), bench.stage.behind(BEAT)
    side = bench.beat()
    with side.warm() as call:
        call(20)
        cpu_ms = median(call(100))
    one = Beat(
        pace_ms=newest["beat_interval_ms"],
        milliseconds=WAITS_MS + cpu_ms * WHOLE_CPU_MIB / package.memory_mib,
        write_units=found.writes * ceil(found.item_bytes / UNIT_BYTES),
        read_units=found.reads,
        answered_bytes=found.answered_bytes,
        traced=package.traced,
        quiet=package.quiet,
        memory_mib=package.memory_mib,
    )
    return Figure(one.million_hours(), f"a beat every {one.pace_ms / 1000:.0f} s, {one.milliseconds:.1f} ms each")


def clients(bench: Bench) -> dict[str, tuple[float, float]]:
    """One conditional write by each client that there is, and the whole beat: cold and warm, in units of boto3's.

    What could not be installed is left out.
    """
    base = bench.boto3_update()
    sides = {
        "the whole beat": bench.beat(),
        "PynamoDB": bench.pynamo_update(),
        "standard library (whole beat)": bench.floor(),
    }
    if installed():
        event = {"key": "PEER#kept", "body": "x" * 700}
        for name, handler in {"aiodynamo": "aio.handler", "pydynox": "pydynox_put.handler"}.items():
            sides[name] = bench.peer(handler, event, lambda answer: bool(answer["put"]), str(INSTALLED))
    found = {}
    for name, side in sides.items():
        found[name] = (cold_ratio(side, base, bench.pairs).value, warm_ratio(side, base, bench.pairs).value)
        bench.say(f"  {name}: cold {found[name][0]:.2f}, warm {found[name][1]:.2f}")
    return found


def installed() -> bool:
    """Whether what requirements/peers.txt locks could be put where it is measured, apart from every environment."""
    command = ["uv", "pip", "install", "--quiet", "--target", str(INSTALLED), "--require-hashes", "--no-deps"]
    command += ["--python", sys.executable, "-r", str(ROOT / "requirements" / "peers.txt")]
    if not INSTALLED.exists():
        uv = Path(sys.executable).parent / command[0]
        subprocess.run([str(uv), *command[1:]], check=False, capture_output=True)  # noqa: S603 (our own arguments)
    return INSTALLED.exists()


@dataclass(frozen=True)
class Row:
    """A row of the table: its number there, what is compared, in few words and in all, how it is measured, and what its
    figures may be at most.
    """

    number: int
    short: str
    what: str
    measure: Callable[[Bench], Figure]
    targets: tuple[float, ...]
    form: str = "{:.2f}"

    def shown(self, values: Sequence[float]) -> str:
        """Its figures."""
        return ", ".join(self.form.format(value) for value in values)

    def is_met(self, figure: Figure) -> bool:
        """Whether none is beyond its target."""
        return all(value <= target for value, target in zip(figure.values, self.targets, strict=True))


ROWS = (
    Row(
        1,
        "beat, cold",
        'beat function, cold with one beat / `boto3.client("dynamodb")` and one update, cold',
        beat_cold,
        (0.50,),
    ),
    Row(
        2,
        "other functions, cold",
        "every other HTTP function, cold with one request / plain Powertools and PynamoDB: median, worst",
        others_cold,
        (0.9, 1.3),
    ),
    Row(
        3,
        "relays, consumers, cold",
        "relays and consumers, cold with one event / the same plain function: median, worst",
        fed_cold,
        (0.75, 0.75),
    ),
    Row(
        4, "beat, warm / PynamoDB", "warm beat, whole handler / one conditional update by PynamoDB", beat_warm, (0.40,)
    ),
    Row(5, "beat, warm / floor", "warm beat / the same beat with the standard library alone", beat_to_floor, (1.8,)),
    Row(6, "token / Ed25519", "token checked and made anew / Ed25519 signed and checked", token, (0.15,)),
    Row(
        7,
        "beat, counted",
        "beat: DynamoDB writes, reads, events, log lines; bytes of its item",
        beat_counted,
        (1, 0, 0, 0, 1024),
        "{:.0f}",
    ),
    Row(
        8,
        "a million hours",
        "1 million watched hours, USD: their beats (requests, function, writes); with distribution, firewall, logs, "
        "traces and egress",
        bill,
        (250, 500),
        "{:.0f}",
    ),
    Row(9, "course page", "course page, warm / one get of the same item by PynamoDB", course_page, (2.0,)),
    Row(10, "search", "search of 30 characters over 10,000 courses, CPU ms: warm, first", search, (30, 150), "{:.0f}"),
    Row(
        11,
        "make run again",
        "`make run` again: seconds until it is ready, MB in all its processes",
        run_again,
        (5, 600),
        "{:.1f}",
    ),
)
"""As in the table that speed is held to. Its row 12, the whole test run, is what `make test` says it took."""
