"""The editor's way from captions to a published summary, by the commands."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.cli import draft_summary, publish, review_summary
from services.catalog.cli.package import InvalidPackage, load_package
from services.catalog.cli.summary_package import REVIEW_FILE
from services.catalog.cli.yaml_reading import read_yaml
from services.catalog.cli.yaml_writing import put_field
from services.catalog.domain.course import KeyPoint, Provenance
from services.catalog.domain.document import read_course, write_course
from tests.fakes.clock import ManualClock
from tests.fakes.model_endpoint import Reply, chat, model_endpoint
from tests.unit.catalog.world import COURSE, World, write_package

SUBRIP = (
    "1\n00:00:00,000 --> 00:00:02,000\n久期说的是债券价格对利率的敏感程度。\n\n"
    "2\n00:00:02,000 --> 00:00:04,500\n为什么久期越长，价格波动越大？\n\n"
    "3\n00:00:04,500 --> 00:00:07,000\n因为久期越长，收回本金的时间越晚。\n"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package whose summary is yet to be made, and captions beside it."""
    home = tmp_path / "bonds"
    home.mkdir()
    folder = write_package(home, abstract_md=None, key_points_md=None, mind_map_md=None, captions__zh_vtt=None)
    course = yaml.safe_load(COURSE)
    text = COURSE.replace("hours:", "# 编辑的注释\nhours:")
    lines, kept, skip = text.splitlines(keepends=True), [], False
    for line in lines:
        if not line.startswith((" ", "-")):
            skip = line.startswith(("keywords:", "chapters:"))
        kept += [] if skip else [line]
    assert course["chapters"]
    (folder / "course.yaml").write_text("".join(kept), "utf-8")
    (tmp_path / "talk.srt").write_bytes(SUBRIP.encode("gb18030"))
    return folder


def draft(package: Path, *more: str) -> int:
    """Drafts from the captions beside the package."""
    return draft_summary.main([str(package), "--captions", str(package.parent / "talk.srt"), *more])


def test_from_captions_to_a_package_that_is_valid_once_a_person_reviewed_it(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert draft(package) == 0
    assert publish.main([str(package), "--check"]) == 2
    assert "a machine made this: say who reviewed and accepted it" in capsys.readouterr().err
    blocks = ["keywords", "abstract", "chapters", "mind_map", "key_points"]
    clock = ManualClock(datetime(2026, 11, 30, 17, tzinfo=UTC))
    assert review_summary.main([str(package), "--by", "王编辑", "--accept", *blocks[:1]], clock) == 1
    assert review_summary.main([str(package), "--by", "王编辑", "--accept", *blocks], clock) == 0
    course = load_package(package).course
    assert [p.block for p in course.provenance] == blocks
    assert {(p.made_by, p.reviewed_by, p.reviewed_on.isoformat()) for p in course.provenance} == {
        ("extractive", "王编辑", "2026-12-01")
    }
    assert "久期" in course.keywords
    assert course.key_points[0] == KeyPoint(
        "为什么久期越长，价格波动越大？", "因为久期越长，收回本金的时间越晚。", 2_000
    )
    assert "# 编辑的注释\n" in (package / "course.yaml").read_text("utf-8")
    assert (package / "captions" / "zh.vtt").read_text("utf-8").startswith("WEBVTT")
    review = yaml.safe_load((package / REVIEW_FILE).read_text("utf-8"))
    assert review["key_points"][0]["said"].startswith("为什么久期越长")


def test_what_a_person_wrote_stays_and_says_nothing(package: Path) -> None:
    (package / "abstract.md").write_text("人写的摘要。\n", "utf-8")
    assert draft(package) == 0
    assert (package / "abstract.md").read_text("utf-8") == "人写的摘要。\n"
    assert "abstract" not in yaml.safe_load((package / "course.yaml").read_text("utf-8"))["provenance"]
    assert draft(package, "--replace", "abstract") == 0
    assert "久期" in (package / "abstract.md").read_text("utf-8")
    before = (package / "course.yaml").read_bytes()
    (package / "key-points.md").write_text("## 问\n答\n", "utf-8")
    assert draft(package) == 0
    assert (package / "course.yaml").read_bytes() == before


def test_what_is_not_found_is_marked_and_holds_up_publishing(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-1")
    answer = {
        "keywords": ["久期"], "abstract": "买比特币，年化收益百分之三十。",
        "chapters": [{"title": "久期", "summary": "久期越长，价格波动越大。", "first": 1, "last": 3}],
        "key_points": [], "questions": [], "branches": [],
    }  # fmt: skip
    with model_endpoint([chat(answer)]) as at:
        options = ("--summariser", "openai", "--model", "fake-model", "--base-url", f"{at.url}/v1")
        assert draft(package, *options) == 0
    assert "! abstract" in capsys.readouterr().out
    assert review_summary.main([str(package), "--by", "王编辑", "--accept", "abstract", "chapters", "keywords"]) == 1
    with pytest.raises(InvalidPackage) as caught:
        load_package(package)
    assert any("look at this, mend it" in finding.message_en for finding in caught.value.findings)
    noted = yaml.safe_load((package / "course.yaml").read_text("utf-8"))["provenance"]
    assert (noted["chapters"]["reviewed_by"], noted["abstract"]["reviewed_by"]) == ("王编辑", None)
    assert noted["abstract"]["made_by"] == "fake-model"


@pytest.mark.parametrize(("status", "advice"), [(401, "check the key and the model"), (503, "try again later")])
def test_a_model_out_of_reach_changes_nothing(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: int, advice: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-1")
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.01)
    before = {path: path.read_bytes() for path in package.rglob("*") if path.is_file()}
    with model_endpoint([Reply(b"{}", status)] * 3) as at:
        assert draft(package, "--summariser", "openai", "--model", "m", "--base-url", f"{at.url}/v1") == 1
    assert advice in capsys.readouterr().err
    assert {path: path.read_bytes() for path in package.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "arguments",
    [["--captions", "none.srt"], ["--recording", "none.mp4"], ["--summariser", "bedrock"], []],
)
def test_what_is_missing_is_said(package: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    if arguments[:1] == ["--summariser"]:
        assert draft(package, *arguments) == 2
    else:
        assert draft_summary.main([str(package), *arguments]) == 2
    assert capsys.readouterr().err


def test_captions_keep_their_lines_and_wrong_times_are_told(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    captions = package.parent / "talk.srt"
    both = "00:00:00,500 --> 00:00:03,000\n久期衡量敏感度。\n久期越长\n\n2\n00:00:03,000 --> 00:00:02,000\n波动越大。\n"
    captions.write_text(f"1\n{both}", "utf-8")
    assert draft_summary.main([str(package), "--captions", str(captions)]) == 0
    assert "talk.srt:7: " in capsys.readouterr().err
    assert "久期衡量敏感度。\n久期越长\n" in (package / "captions" / "zh.vtt").read_text("utf-8")


def test_a_folder_without_a_course(tmp_path: Path) -> None:
    assert draft_summary.main([str(tmp_path)]) == 2
    assert review_summary.main([str(tmp_path), "--by", "王编辑"]) == 2


def test_provenance_survives_writing_and_reading(world: World) -> None:
    course = world.package().course
    document = write_course(course)
    document["provenance"] = {"abstract": {"made_by": "m", "reviewed_by": "王", "reviewed_on": "2026-11-30"}}
    document["key_points"][0]["at"] = "00:05"
    read = read_course(document)
    assert read.provenance[0].block == "abstract"
    assert read.key_points[0].at_ms == 5_000
    assert read_course(write_course(read)) == read
    assert isinstance(read.provenance[0], Provenance)
    assert "provenance" not in write_course(course)


FIELDS = st.dictionaries(
    st.sampled_from(["a", "b", "keywords"]), st.lists(st.text("久期 12:30#-'\"\n", min_size=1)), min_size=1
)
ENTRIES = st.lists(
    st.dictionaries(st.sampled_from(["at", "title"]), st.sampled_from(["05:00", "true", "null", "久期：一", "# x"]))
)


@given(FIELDS, ENTRIES)
def test_a_field_is_put_in_and_the_others_stay(fields: dict[str, list[str]], value: list[dict[str, str]]) -> None:
    text = "".join(put_field("", name, content) for name, content in fields.items())
    put = put_field(put_field(text, "keywords", value), "keywords", value)
    expected = {**read_yaml(text).value, "keywords": value}
    assert read_yaml(put).value == expected
