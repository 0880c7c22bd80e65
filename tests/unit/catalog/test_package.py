"""Course packages: what a valid one says, and every mistake with its file and line."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.catalog.cli.package import Finding, InvalidPackage, load_package
from services.catalog.domain.course import CATEGORIES, CREDENTIALS, Chapter, KeyPoint, MindMapNode
from services.catalog.domain.document import read_course, write_course
from services.catalog.domain.media import MAX_PLAYLIST_BYTES
from tests.fakes import fmp4
from tests.unit.catalog.world import COURSE, HEADER, PLAYLIST, World, edited, write_package

DEMO_COURSES = Path(__file__).parents[3] / "demo" / "courses"
MAX_SHORT_MEDIA_BYTES, MAX_LONG_MEDIA_BYTES = 400_000, 2_000_000
LONG_FROM_MS = 600_000


def findings(folder: Path, **changed: str | bytes | None) -> list[Finding]:
    """What is wrong with a package."""
    with pytest.raises(InvalidPackage) as caught:
        load_package(write_package(folder, **changed))
    return caught.value.findings


def test_a_key_point_may_say_where_it_is_spoken_of(world: World) -> None:
    package = world.package(key_points_md="## 什么是久期? [00:05]\n\n敏感度。\n\n## 2024 年怎样?\n\n如常。\n")
    assert package.course.key_points == (KeyPoint("什么是久期?", "敏感度。", 5_000), KeyPoint("2024 年怎样?", "如常。"))
    assert [point.get("at") for point in write_course(package.course)["key_points"]] == ["00:05", None]


def test_a_valid_package(world: World) -> None:
    package = world.package()
    course = package.course
    assert (course.hours, course.published_on, course.max_rate) == (Decimal("1.5"), date(2026, 3, 2), Decimal("1.0"))
    assert course.eligible_credentials == ("AFP", "CFP")
    assert course.abstract == "第一段。\n\n第二段。"
    assert course.chapters[1] == Chapter(5_000, "久期", "利率与价格。")
    assert course.key_points == (KeyPoint("什么是久期?", "价格对利率的敏感度。"),)
    assert course.mind_map == MindMapNode("债券", (MindMapNode("票息"), MindMapNode("久期", (MindMapNode("利率"),))))
    assert package.duration_ms == 7_500
    assert [file.path for file in package.files] == ["index.m3u8", "init.mp4", "a.m4s", "b.m4s"]
    assert [caption.language for caption in package.captions] == ["zh"]


def test_a_document_survives_writing_and_reading(world: World) -> None:
    course = world.package().course
    assert read_course(write_course(course)) == course


def test_what_is_optional_may_be_left_out(world: World) -> None:
    package = world.package(key_points_md=None, mind_map_md=None, captions__zh_vtt=None)
    assert (package.course.key_points, package.course.mind_map, package.captions) == ((), None, ())


def test_windows_line_ends_and_a_byte_order_mark_are_fine(world: World) -> None:
    plain = world.package().course
    assert world.package(course_yaml=b"\xef\xbb\xbf" + COURSE.replace("\n", "\r\n").encode()).course == plain


@pytest.mark.parametrize(
    ("before", "after", "line", "message", "message_en"),
    [
        ("hours: 1.5", "hours: 1.25", 4, "hours:最多 1 位小数", "hours: at most 1 decimal place(s)"),
        ("hours: 1.5", "hours: 0", 4, "hours:应在 0.1 与 50 之间", "hours: must be between 0.1 and 50"),
        ("hours: 1.5", "hours: viel", 4, "hours:应为数字,例如 1.5", "hours: must be a number such as 1.5"),
        ("hours: 1.5", "hours: 1e1", 4, "hours:应为数字,例如 1.5", "hours: must be a number such as 1.5"),
        ("[CFP, AFP]", "[CFP, CFX]", 6, "eligible_credentials.2:不认识「CFX」,只能是:AFP, CFP, EFP, CPB, CTP",
         "eligible_credentials.2: “CFX” is not one of AFP, CFP, EFP, CPB, CTP"),
        ("[CFP, AFP]", "[CFP, CFP]", 6, "eligible_credentials.2:「CFP」重复了",
         "eligible_credentials.2: “CFP” is listed twice"),
        ("[CFP, AFP]", "[]", 6, "eligible_credentials:应有 1 至 5 项,现有 0 项",
         "eligible_credentials: must have 1 to 5 entries; it has 0"),
        ("elective", "optional", 5, "category:不认识「optional」,只能是:compulsory, elective",
         "category: “optional” is not one of compulsory, elective"),
        ("2026-03-02", "2026-02-30", 7, "published_on:应为日期,例如 2026-01-31",
         "published_on: must be a date such as 2026-01-31"),
        ("price_fen: 1000", "price_fen: 10.00", 8, "price_fen:应为整数,以分为单位:6800 即 68 元",
         "price_fen: must be a whole number of fen: 6800 is 68 yuan"),
        ("price_fen: 1000", "price_fen: 10000001", 8, "price_fen:应在 0 元与 100000 元之间",
         "price_fen: must be between 0 and 100000 yuan"),
        ("price_fen: 1000\n", "", 1, "price_fen:缺少金额:请填写", "price_fen: the amount is missing"),
        ("category: elective\n", "", 1, "category:缺少此项,应为必修(compulsory)或选修(elective)",
         "category: missing; must be compulsory or elective"),
        ("watch:\n  max_rate: 1.0\n", "", 1, "watch:缺少此项,应为 1.0 至 2.0 的播放速度",
         "watch: missing; must be a playback rate from 1.0 to 2.0"),
        ("id: bonds\n", "", 1, "id:缺少此项,应为3 至 64 个小写字母、数字,可用连字符分隔",
         "id: missing; must be 3 to 64 lower-case letters and digits, which may be joined by hyphens"),
        ("member_price_fen: 800", "member_price_fen: 1001", 9, "member_price_fen:会员价不能高于原价",
         "member_price_fen: the member price must not exceed the price"),
        ("member_recommended: true", "member_recommended: yes", 10, "member_recommended:应为true 或 false",
         "member_recommended: must be true or false"),
        ("max_rate: 1.0", "max_rate: 3.0", 13, "watch.max_rate:应在 1.0 与 2.0 之间",
         "watch.max_rate: must be between 1.0 and 2.0"),
        ("id: bonds\n", "id: Bonds_1\n", 1, "id:「Bonds_1」应为3 至 64 个小写字母、数字,可用连字符分隔",
         "id: “Bonds_1” must be 3 to 64 lower-case letters and digits, which may be joined by hyphens"),
        ("    title: 讲师\n", "", 16, "instructors.1.title:缺少此项,请填写",
         "instructors.1.title: missing; fill it in"),
        ("title: 债券入门", "title: 2026", 3, "title:应为文字(如为数字请加引号)",
         "title: must be text (put numbers in quotes)"),
        ("title: 债券入门", 'title: "a\\u0007b"', 3, "title:含有不可见的控制字符",
         "title: contains control characters"),
        ("keywords: [债券", f"keywords: [{'长' * 41}", 14, "keywords.1:最多 40 个字,现有 41 个",
         "keywords.1: at most 40 characters; it has 41"),
        ("at: 00:05", "at: 00:01", 23, "chapters.2.at:必须晚于上一章节的开始时间 00:01",
         "chapters.2.at: must be later than the chapter before, which starts at 00:01"),
        ("at: 00:05", "at: 5s", 23, "chapters.2.at:「5s」应为时间 MM:SS 或 H:MM:SS",
         "chapters.2.at: “5s” must be a time MM:SS or H:MM:SS"),
        ("at: 00:05", "at: 00:08", 23, "chapters.2.at:章节开始于 00:08,但视频只有 00:07",
         "chapters.2.at: the chapter starts at 00:08, but the lecture ends at 00:07"),
        ("hours: 1.5", "hours: 1.5\ncolour: red", 5, "colour:不认识的字段「colour」", "colour: unknown field “colour”"),
        ("title: 债券入门", "title: !!int 0x1F", 3, "不支持类型标记「int」", "the tag “int” is not supported here"),
        ("title: 债券入门", "title: !own 债券", 3, "不支持类型标记「!own」", "the tag “!own” is not supported here"),
        ("[CFP, AFP]", "!!set {CFP, AFP}", 6, "不支持类型标记「set」", "the tag “set” is not supported here"),
        ("hours: 1.5", "hours: 1.5\n? [a, b]\n: x", 5, "字段名必须是文字", "a field's name must be text"),
        ("[CFP, AFP]", "[" * 5_000, 6, "最多嵌套 20 层", "nested more than 20 levels deep"),
        ("title: 债券入门", "title: 债券\x07入门", 3,
         "YAML 语法错误:special characters are not allowed (#x0007)",
         "YAML syntax error: special characters are not allowed (#x0007)"),
        ("title: 债券入门", "title: 债券\ufffd门", 3, "有文字已在转换编码时丢失(U+FFFD 或 NUL)",
         "text was lost in another encoding (U+FFFD or NUL)"),
        ("title: 债券入门", 'title: "债券\\ufffd门"', 3, "title:有文字已在转换编码时丢失(U+FFFD)",
         "title: text was lost in another encoding (U+FFFD)"),
        ("hours: 1.5", "hours: 1.5\nhours: 2", 5, "字段「hours」重复了", "field “hours” is repeated"),
        ("hours: 1.5", "hours: 1.5\nabstract: x", 5, "「abstract」应写在 abstract.md 中",
         "“abstract” belongs in abstract.md"),
        ("keywords: [债券, 久期]", "keywords: &a [*a]", 14, "不支持别名(*)", "aliases (*) are not supported"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_course(
    tmp_path: Path, before: str, after: str, line: int, message: str, message_en: str
) -> None:
    (found,) = findings(tmp_path, course_yaml=edited(before, after))
    assert (found.file, found.line, found.message_en) == ("course.yaml", line, message_en)
    assert half_width(found.message) == half_width(message)


def half_width(text: str) -> str:
    """Chinese punctuation in its half-width form, so that either kind of comma in a table row will do."""
    return text.translate(str.maketrans("\uff0c\uff1a\uff08\uff09\uff1f", ",:()?"))


CUES = "WEBVTT\n\n00:00.000 --> 00:02.000\n第一行\n\n00:02.000 --> 00:04.000\n第二行\n"
UNTIMED = "text without times is not shown (a cue has no empty line)"
NO_END = PLAYLIST.replace("#EXT-X-ENDLIST\n", "")


@pytest.mark.parametrize(
    ("file", "content", "place", "message_en"),
    [
        ("course_yaml", None, "course.yaml:1", "the file is missing"),
        ("course_yaml", "a: [", "course.yaml:1",
         "YAML syntax error: expected the node content, but found '<stream end>'"),
        ("course_yaml", "just text", "course.yaml:1", "must be fields with values"),
        ("course_yaml", COURSE.encode() + b"\xff", "course.yaml:26", "is not UTF-8"),
        ("abstract_md", None, "abstract.md:1", "the file is missing"),
        ("abstract_md", "  \n", "abstract.md:1", "abstract: must not be empty"),
        ("abstract_md", "x" * 300_000, "abstract.md:1", "at most 256 KB"),
        ("key_points_md", "early\n## q\na\n", "key-points.md:1", "a question starting with “## ” must come first"),
        ("key_points_md", "## q\n\na\n\n## r\n", "key-points.md:5", "key_points.2.answer: must not be empty"),
        ("key_points_md", "## q [00:70]\n\na\n", "key-points.md:1",
         "key_points.1.at: “00:70” must be a time MM:SS or H:MM:SS"),
        ("key_points_md", "## q [00:08]\n\na\n", "key-points.md:1",
         "key_points.1.at: the key point starts at 00:08, but the lecture ends at 00:07"),
        ("mind_map_md", "# a\n# b\n", "mind-map.md:2", "must be one “# topic” with “- ” branches below it"),
        ("mind_map_md", "# a\n- b\n     - c\n", "mind-map.md:3", "indent by 2 spaces more than the branch above"),
        ("mind_map_md", "# a\n" + "".join("  " * n + "- x\n" for n in range(8)), "mind-map.md:9",
         "mind_map." + "children.1." * 8 + "x"),
        ("captions__zh_vtt", "00:00.000 --> 00:01.000\nx\n", "captions/zh.vtt:1", "the first line must be WEBVTT"),
        ("captions__zh_vtt", "WEBVTT\n", "captions/zh.vtt:1", "there are no cues"),
        ("captions__zh_vtt", "WEBVTT\n\n1 --> 2\n", "captions/zh.vtt:3", "times must be MM:SS.mmm --> MM:SS.mmm"),
        ("captions__zh_vtt", "WEBVTT\n\n00:03.000 --> 00:02.000\n", "captions/zh.vtt:3",
         "a cue must end after it starts"),
        ("captions__zh_vtt", "WEBVTT\n\n00:08.000 --> 00:09.000\n", "captions/zh.vtt:3",
         "the cue starts after the lecture's end"),
        ("captions__zh_vtt", "WEBVTT\n\n00:03.000 --> 00:04.000\n\n00:01.000 --> 00:02.000\n", "captions/zh.vtt:5",
         "cues are not in the order of time"),
        ("captions__zh_vtt", "\ufeff\ufeff" + CUES, "captions/zh.vtt:1", "there is more than one byte order mark"),
        ("captions__zh_vtt", CUES.encode("gbk"), "captions/zh.vtt:4", "is not UTF-8"),
        ("captions__zh_vtt", CUES.replace("第一行", "第\ufffd行"), "captions/zh.vtt:4",
         "text was lost in another encoding (U+FFFD or NUL)"),
        ("captions__zh_vtt", CUES.replace("第一行\n", "第一行\n\n还有一句\n"), "captions/zh.vtt:6", UNTIMED),
        ("captions__zh_vtt", CUES.replace("WEBVTT\n", "WEBVTT\n\n没有时间\n还有一句\n"), "captions/zh.vtt:3", UNTIMED),
        ("captions__zh_vtt", CUES.replace("WEBVTT\n", "WEBVTT\n\n1\n没有时间"), "captions/zh.vtt:3", UNTIMED),
        ("captions__zh_vtt", CUES.replace("WEBVTT\n", "WEBVTT\n没有时间\n"), "captions/zh.vtt:2", UNTIMED),
        ("captions__zh_vtt", CUES.replace("00:02.000\n第", "00:02.000 第"), "captions/zh.vtt:3",
         "times must be MM:SS.mmm --> MM:SS.mmm"),
        ("captions__zh_vtt", CUES.replace("00:00.000", "\u300000:00.000"), "captions/zh.vtt:3",
         "times must be MM:SS.mmm --> MM:SS.mmm"),
        ("captions__zh_vtt", CUES.replace("第一行", "利率<5%时"), "captions/zh.vtt:4",
         "what follows “<” is not shown; write &lt;"),
        ("captions__klingon_vtt", "WEBVTT\n", "captions/klingon.vtt:1",
         "must be named by language and .vtt, such as zh.vtt"),
        ("media__b_m4s", None, "media/b.m4s:1", "listed in index.m3u8, but there is no such file"),
        ("media__b_m4s", "", "media/b.m4s:1", "must have 1 byte to 64 MB"),
        ("media__init_mp4", "init", "media/init.mp4:1", "ends in the middle of a box"),
        ("media__b_m4s", "Dear colleagues", "media/b.m4s:1", "is cut off, or no MP4 at all"),
        ("media__c_m4s", "cc", "media/c.m4s:1", "index.m3u8 does not use this file"),
        ("media__index_m3u8", None, "media/index.m3u8:1", "the file is missing"),
        ("media__index_m3u8", "#" * (MAX_PLAYLIST_BYTES + 1), "media/index.m3u8:1", "at most 512 KB"),
        ("media__index_m3u8", NO_END, "media/index.m3u8:8", "#EXT-X-ENDLIST is missing"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file(
    tmp_path: Path, file: str, content: str | bytes | None, place: str, message_en: str
) -> None:
    (found,) = findings(tmp_path, **{file: content})
    expected = (
        message_en if not message_en.endswith(".x") else f"{message_en[:-2]}: the mind map is at most 8 levels deep"
    )
    assert (f"{found.file}:{found.line}", found.message_en) == (place, expected)
    assert found.message


@pytest.mark.parametrize(
    "captions",
    [
        CUES,
        "\ufeff" + CUES,
        CUES.replace("\n", "\r\n"),
        CUES.replace("00:0", "00:00:0"),
        CUES.replace("00:00.000 -->", "第一句\n00:00.000 -->"),
        CUES.replace("WEBVTT\n\n", "WEBVTT 课程字幕\nKind: captions\nLanguage: zh\n\n"),
        CUES.replace("WEBVTT\n\n", "WEBVTT\n"),
        CUES.replace("WEBVTT\n", "WEBVTT\n\nNOTE 说明\n两行\n\nSTYLE\n::cue { color: white }\n\nREGION\nid:a\n"),
        CUES.replace("00:02.000\n第", "00:02.000 line:0 position:20%,line-left align:start\n第"),
        CUES.replace("第一行", "<v 林知远><c.yellow>第一行</c></v> <i>利率</i> &lt; 5 > 3 <00:00:01.000>"),
    ],
)
def test_captions_that_browsers_show_whole(world: World, captions: str) -> None:
    assert world.package(captions__zh_vtt=captions).captions[0].language == "zh"


@pytest.mark.parametrize("word", ["null", "Null", "NULL", "~", ""])
def test_a_field_may_say_that_it_is_empty(world: World, word: str) -> None:
    course = edited("title: 债券入门", f"title: 债券入门\nsubtitle: {word}")
    assert world.package(course_yaml=course).course.subtitle is None
    quoted = edited("title: 债券入门", f'title: 债券入门\nsubtitle: "{word}."')
    assert world.package(course_yaml=quoted).course.subtitle == f"{word}."


def test_text_that_says_that_it_is_text(world: World) -> None:
    assert world.package(course_yaml=edited("title: 债券入门", "title: !!str 2026")).course.title == "2026"


def test_hidden_files_are_no_captions(world: World) -> None:
    hidden: dict[str, str | bytes | None] = {f"captions__x{n}_DS_Store": "x" for n in range(12)}
    write_package(world.folder, **hidden)
    for path in (world.folder / "captions").glob("x*"):
        path.rename(path.with_name(f".{path.name}"))
    assert len(load_package(world.folder).captions) == 1


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    bad_course = edited("hours: 1.5", "hours: -1").replace("elective", "x")
    found = findings(tmp_path, course_yaml=bad_course, abstract_md="", media__a_m4s=None, captions__zh_vtt="x")
    places = [f"{finding.file}:{finding.line}" for finding in found]
    captions = ["captions/zh.vtt:1", "captions/zh.vtt:1"]
    assert places == ["abstract.md:1", *captions, "course.yaml:4", "course.yaml:5", "media/a.m4s:1"]


def test_times_and_decimals_need_no_quotes(world: World) -> None:
    playlist = HEADER + '#EXT-X-MAP:URI="init.mp4"\n#EXTINF:9999.9,\na.m4s\n#EXT-X-ENDLIST\n'
    course = edited("at: 00:05", "at: 12:30").replace("hours: 1.5", "hours: 1.50")
    long = {"media__index_m3u8": playlist, "media__a_m4s": fmp4.both(0, 9_999_900), "media__b_m4s": None}
    package = world.package(course_yaml=course, **long)
    assert package.course.chapters[1].at_ms == 750_000
    assert package.course.hours == Decimal("1.5")
    late = world.package(course_yaml=course.replace("12:30", "1:02:03"), **long)
    assert late.course.chapters[1].at_ms == 3_723_000


@pytest.mark.parametrize("folder", sorted(DEMO_COURSES.glob("*/")), ids=lambda folder: folder.name)
def test_the_demo_courses_are_valid_and_small(folder: Path) -> None:
    package = load_package(folder)
    assert package.course.course_id == folder.name
    limit = MAX_SHORT_MEDIA_BYTES if package.duration_ms < LONG_FROM_MS else MAX_LONG_MEDIA_BYTES
    assert sum(file.bytes for file in package.files) < limit


def test_the_demo_catalogue_has_something_of_everything() -> None:
    packages = [load_package(folder) for folder in sorted(DEMO_COURSES.glob("*/"))]
    courses = [package.course for package in packages]
    assert len(packages) >= 8
    assert {name for course in courses for name in course.eligible_credentials} == set(CREDENTIALS)
    assert {course.category for course in courses} == set(CATEGORIES)
    assert any(course.member_recommended for course in courses)
    assert any(course.member_library for course in courses)
    assert any(course.questions for course in courses)
    short = [package for package in packages if package.duration_ms <= 90_000]
    assert len([package for package in short if package.course.member_recommended]) >= 2
    assert any(40 * 60_000 <= package.duration_ms <= 50 * 60_000 for package in packages)
    assert any(package.captions for package in packages)
