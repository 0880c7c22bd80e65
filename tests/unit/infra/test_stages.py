"""Stages as data: what is refused, and what follows from what."""

from pathlib import Path

import pytest

from infra import capacity
from infra.packaging import SERVICES
from infra.stages import FILE, LOCAL, Stage, StageError, read_stages, stage, stages

TEXT = FILE.read_text(encoding="utf-8")
DEPLOYED = [each for each in stages().values() if each.name != LOCAL]


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new)


def test_a_stage_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(StageError, match="no stage 'prd'; there are local, dev, staging, prod"):
        stage("prd")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("protected = false", "protekted = false", "Stage dev .*protekted: Extra inputs"),
        ('mode = "compliance"', 'mode = "complaince"', "Stage prod .*archive.mode: Input should be 'governance'"),
        ('prefix = "xueshi-dev"', 'prefix = "xueshi-staging"', "dev and staging would share the prefix"),
        ('prefix = "xueshi-dev"', 'prefix = "dev"', "Stage dev .*prefix"),
        ("logs_days = 14", "logs_days = 15", "Stage dev .*logs_days"),
        ("acm:us-east-1:", "acm:eu-west-1:", "Stage prod .*certificate_arn"),
        ('encoder = "ffmpeg"', 'encoder = "ffmpg"', "Stage local .*productions.encoder: Input should be 'ffmpeg'"),
        ('encoder = "ffmpeg"', 'encodr = "ffmpeg"', "Stage local .*productions.encodr: Extra inputs"),
        ('transcriber = "amazon"', 'transcriber = "amazn"', "Stage staging .*productions.transcriber"),
        ('transcriber = "amazon"', 'transcriber = "openai"', "transcriber_model is needed with these"),
        (
            'encoder = "ffmpeg"',
            'encoder = "ffmpeg", summariser_model = "m"',
            "summariser_model is of no use with these",
        ),
        ('summariser = "bedrock"', 'summariser = "openai"', "openai_base_url is needed with these"),
        ("[dev]", "[dev", "cannot be read"),
        ("[local]", "extra = 1\n[local]", "extra is no table"),
    ],
)
def test_wrong_data_is_refused_and_named(old: str, new: str, said: str) -> None:
    with pytest.raises(StageError, match=said):
        read_stages(changed(old, new))


def test_names_follow_from_the_prefix() -> None:
    dev = stage("dev")
    assert (dev.stack("Platform"), dev.namespace, dev.parameter("public-url")) == (
        "XueshiDevPlatform",
        "XueshiDev",
        "/xueshi-dev/public-url",
    )
    assert stage("prod").stack("Edge") == "XueshiEdge", "as release 1.0.0 called it"


def test_examples_are_named_before_they_are_deployed() -> None:
    people = ["on-call@xueshi.example", "operators@xueshi.example"]
    assert stage("prod").placeholders == ["learn.xueshi.example", "xueshi.example", *people]
    assert stage("dev").placeholders == stage("staging").placeholders == []


def test_a_stage_without_a_mail_domain_has_a_name_of_its_own_that_nobody_owns() -> None:
    names = [each.sends_from for each in DEPLOYED]
    assert len(set(names)) == len(names)
    assert stage("dev").sends_from == "xueshi-dev.example"


@pytest.mark.parametrize("each", DEPLOYED, ids=lambda each: str(each.name))
def test_all_learners_beats_pass_every_limit(each: Stage) -> None:
    beats = each.learners_at_once / capacity.pace_s()
    playback = capacity.throttle(each, "playback")
    assert playback.rate > beats
    assert playback.burst >= each.learners_at_once / 10, "a tenth that comes back at the same second"
    assert capacity.beats_at_once(each) > beats * capacity.BEAT_S
    for service in SERVICES:
        assert capacity.throttle(each, service).rate >= each.learners_at_once / capacity.OTHER_CALL_EVERY_S


def test_learners_behind_a_carriers_address_pass_the_firewall() -> None:
    prod = stage("prod")
    learners = 1_500
    assert capacity.requests_per_address(prod) > learners * capacity.WINDOW_S / capacity.pace_s()
    assert capacity.requests_per_token() > 5 * capacity.WINDOW_S / capacity.pace_s()


def test_a_shorter_pace_raises_every_figure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prod = stage("prod")

    def figures() -> list[float]:
        capacity.pace_s.cache_clear()
        return [
            capacity.throttle(prod, "playback").rate,
            capacity.beats_at_once(prod),
            capacity.requests_per_address(prod),
            capacity.requests_per_token(),
        ]

    before = figures()
    faster = tmp_path / "policies.toml"
    faster.write_text(capacity.POLICIES.read_text().replace("beat_interval_ms = 10_000", "beat_interval_ms = 5_000"))
    with monkeypatch.context() as patch:
        patch.setattr(capacity, "POLICIES", faster)
        after = figures()
    assert all(new > old for old, new in zip(before, after, strict=True))
    assert figures() == before


ISSUER = 'issuer = { url = "%s", audience = "api", client_id = "%s" }\n'


@pytest.mark.parametrize(
    ("url", "client_id", "is_taken"),
    [
        ("https://id.example.cn/realms/xueshi", "web", True),
        ("http://127.0.0.1:8137", "web", True),
        ("http://id.example.cn", "web", False),
        ("https://id.example.cn/", "web", False),
        ("https://id.example.cn", "api", False),
    ],
)
def test_another_issuer_is_reached_safely_and_its_id_tokens_are_no_access_tokens(
    url: str, client_id: str, is_taken: bool
) -> None:
    text = changed("[dev]\n", f"[dev]\n{ISSUER % (url, client_id)}")
    if is_taken:
        issuer = read_stages(text)["dev"].issuer
        assert issuer
        assert issuer.url == url
    else:
        with pytest.raises(StageError, match="issuer"):
            read_stages(text)
