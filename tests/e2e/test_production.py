"""An editor at the desk: a recording becomes a course page, on a bad line, beside a colleague, or not at all."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.learner import Desk, Window
from tests.e2e.lecture import Lecture, record
from tests.e2e.visit import at_work, give_reason, try_dialog, visit
from tests.flows.world import eventually, new_course_id

pytestmark = pytest.mark.e2e

TITLE = "How much life insurance"
REVIEWER = "Editor Wang"
SECONDS = 12
WORD = "白花"
"""Said once."""
PROCESSED_MS, WATCHED_MS = 300_000, 120_000
PRODUCTIONS = "/v1/catalog/productions"
SLOW = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 2_500_000}
"""Milliseconds, and bytes a second: long enough to do something while a file is sent."""
FACTS = {"学时": "0.5", "售价（元）": "100", "会员价（元）": "50", "发布日期": "2026-12-01", "最快播放速度": "2.0"}
PART = re.compile("partNumber=")
TABS = ("素材与处理", "课程信息", "文稿", "摘要", "预览", "发布")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A moving picture and a tone, large enough for three parts."""
    file = tmp_path_factory.mktemp("recording") / "lecture.mp4"
    inputs = ["-f", "lavfi", "-i", f"testsrc=s=640x360:r=10:d={SECONDS}", "-f", "lavfi", "-i", f"sine=d={SECONDS}"]
    large = ["-b:v", "16M", "-minrate", "16M", "-maxrate", "16M", "-bufsize", "16M", "-x264-params", "nal-hrd=cbr"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", *large, "-c:a", "aac"]
    subprocess.run([get_ffmpeg_exe(), "-loglevel", "error", *inputs, *coded, str(file)], check=True)  # noqa: S603
    return file


@pytest.fixture(scope="module")
def lecture(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Lecture:
    """Three minutes of somebody who speaks over slides."""
    return record(browser, tmp_path_factory.mktemp("lecture"))


def test_a_recording_becomes_a_course_page_and_hours(desk: Desk, lecture: Lecture) -> None:
    course_id = new_course_id()
    window = begun(desk, course_id)
    page = window.page
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        # Without a lecture there is nothing to look at yet, which the page says.
        visit(window, alerts=int(tab == "预览"))
    page.get_by_role("tab", name="素材与处理").click()
    page.get_by_label("选择字幕").set_input_files(lecture.captions)
    page.get_by_label("选择录像或录音").set_input_files(lecture.recording)
    expect(page.get_by_text("已上传", exact=True)).to_have_count(2)
    page.get_by_role("button", name="开始处理").click()
    expect(page.get_by_text("处理已全部完成")).to_be_attached(timeout=PROCESSED_MS)
    try_dialog(window, page.get_by_role("button", name="移除 lecture.mp4"))
    visit(window)
    write_facts(window)
    correct_transcript(window, lecture)
    decide(window)
    look_at_preview(window)
    publish(window)
    page.get_by_role("button", name="打开课程页").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    # Sentences were chosen, and no model wrote any: the tab does not call it AI's.
    expect(page.get_by_role("tab", name="内容总结")).to_be_visible()
    expect(page.get_by_text(re.compile(f"自动摘自讲稿原话，由 {REVIEWER} 于 .* 审核")).first).to_be_visible()
    desk.people.settle()
    learn(desk, course_id)


def test_productions_are_listed_and_a_new_one_needs_an_id_and_a_title(desk: Desk) -> None:
    window = begun(desk, new_course_id())
    page = window.page
    page.get_by_role("link", name="返回课程制作").click()
    expect(page.get_by_role("table").get_by_role("link", name=TITLE).first).to_be_visible()
    visit(window)
    page.get_by_role("button", name="开始制作").click()
    expect(page.get_by_label("课程编号")).to_be_focused()
    expect(page.get_by_text("请填写标题")).to_be_visible()


def test_an_upload_goes_on_by_itself_once_the_network_is_back(desk: Desk, recording: Path) -> None:
    page = begun(desk, new_course_id()).page
    with cut(page):
        page.get_by_label("选择录像或录音").set_input_files(recording)
        expect(page.get_by_text("网络中断，自动重试中", exact=True)).to_be_visible()
    expect(page.get_by_text("已上传", exact=True)).to_be_visible()


def test_an_upload_goes_on_after_the_page_was_loaded_anew(desk: Desk, recording: Path) -> None:
    page = begun(desk, new_course_id()).page
    with slowly(page):
        page.get_by_label("选择录像或录音").set_input_files(recording)
        page.get_by_role("button", name="暂停上传 lecture.mp4").click()
        page.get_by_role("button", name="继续上传 lecture.mp4").click()
        # One part of three is there.
        progress = page.get_by_role("progressbar", name="lecture.mp4 的上传进度")
        expect(progress).to_have_attribute("value", re.compile("[5-9][0-9]"))
        page.once("dialog", lambda dialog: dialog.accept())
        page.reload()
    again = page.get_by_label("再选一次这个文件")
    again.set_input_files({"name": "lecture.mp4", "mimeType": "video/mp4", "buffer": b"another"})
    expect(page.get_by_text("这不是同一个文件")).to_be_visible()
    again.set_input_files(recording)
    expect(page.get_by_text("已上传", exact=True)).to_be_visible()


def test_a_file_that_is_no_video_is_refused_with_what_to_do(desk: Desk) -> None:
    window = begun(desk, new_course_id())
    page = window.page
    chooser = page.get_by_label("选择录像或录音")
    chooser.set_input_files({"name": "empty.mp4", "mimeType": "video/mp4", "buffer": b""})
    expect(page.get_by_role("alert").get_by_text("0 字节")).to_be_visible()
    chooser.set_input_files({"name": "talk.mp4", "mimeType": "video/mp4", "buffer": b"no video at all" * 100})
    expect(page.get_by_text("内容与文件类型不符")).to_be_visible()
    expect(page.get_by_role("button", name="开始处理")).to_be_disabled()
    visit(window)
    page.get_by_role("button", name="移除 talk.mp4").click()
    page.get_by_role("dialog").get_by_role("button", name="移除").click()
    expect(chooser).to_be_visible()


def test_two_editors_at_once_lose_nothing_that_they_typed(desk: Desk) -> None:
    one = begun(desk, new_course_id())
    other = desk.window()
    other.enter("editor@demo.xueshi.example", one.page.url.replace(desk.people.system.base_url, ""))
    for window in (one, other):
        window.page.get_by_role("tab", name="课程信息").click()
    one.page.get_by_label("标题", exact=True).fill("The first editor's title")
    one.page.get_by_label("副标题").fill("The first editor's subtitle")
    one.page.get_by_role("button", name="保存课程信息").click()
    expect(one.page.get_by_text("已保存。")).to_be_visible()
    page = other.page
    page.get_by_label("标题", exact=True).fill("The second editor's title")
    page.get_by_role("button", name="保存课程信息").click()
    expect(page.get_by_role("alert")).to_contain_text("PRODUCTION_CHANGED")
    expect(page.get_by_text("The first editor's title")).to_be_visible()
    expect(page.get_by_label("副标题")).to_have_value("The first editor's subtitle")
    expect(page.get_by_label("标题", exact=True)).to_have_value("The second editor's title")
    assert other.findings() == []
    page.get_by_role("button", name="保存课程信息").click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    one.page.reload()
    expect(one.page.get_by_label("标题", exact=True)).to_have_value("The second editor's title")


def test_a_production_that_is_cancelled_publishes_nothing(desk: Desk, recording: Path) -> None:
    course_id = new_course_id()
    window = begun(desk, course_id)
    page = window.page
    cancelling = page.get_by_role("button", name="取消制作")
    try_dialog(window, cancelling)
    page.get_by_label("选择录像或录音").set_input_files(recording)
    expect(page.get_by_text("已上传", exact=True)).to_be_visible()
    page.get_by_role("button", name="开始处理").click()
    expect(page.get_by_text("正在处理", exact=True)).to_be_visible()
    cancelling.click()
    give_reason(page, "取消制作", "录错了")
    expect(page.get_by_text("已取消", exact=True)).to_be_visible()
    page.get_by_role("tab", name="发布").click()
    expect(page.get_by_text("没有发布任何内容")).to_be_visible()
    visit(window)
    assert desk.people.public.get(f"/v1/catalog/courses/{course_id}").status == 404


def begun(desk: Desk, course_id: str) -> Window:
    """The page of a new production, found from the workbench."""
    window = at_work(desk, "editor", "课程发布")
    page = window.page
    page.get_by_role("button", name="课程制作").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("课程制作")
    page.get_by_label("课程编号").fill(course_id)
    page.get_by_label("课程标题").fill(TITLE)
    page.get_by_role("button", name="开始制作").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    return window


def learn(desk: Desk, course_id: str) -> None:
    """A member claims the course, watches it as fast as it may be watched, and sees the hours.

    Meanwhile another edition is published, of which the watch that is under way takes no notice.
    """
    person, window = desk.member(), desk.window()
    window.watch_claimed(person, course_id)
    page = window.page
    window.played(1)
    window.pause()
    another_edition(desk, course_id)
    page.reload()
    window.begin()
    # The newer edition is not to be watched faster than it was spoken.
    page.get_by_label("播放速度").select_option(label="2 倍")
    page.get_by_role("tab", name="文稿").click()
    expect(page.get_by_text("那小钱就浪费了")).to_be_attached()
    completed, prompt = page.get_by_test_id("completed"), page.get_by_role("alertdialog")
    while not completed.is_visible():
        expect(completed.or_(prompt).first).to_be_visible(timeout=WATCHED_MS)
        if prompt.is_visible():
            window.confirm()
    page.get_by_role("button", name="查看我的学时").click()
    expect(page.get_by_text(f"+{FACTS['学时']} 学时")).to_be_visible()


def another_edition(desk: Desk, course_id: str) -> None:
    """Publishes the course to be watched as it was spoken, which makes another version of the lecture."""
    editor, begun = desk.people.editor, {"course_id": course_id, "title": TITLE, "language": "zh", "from_course": True}
    production = f"{PRODUCTIONS}/{editor.post(PRODUCTIONS, begun).accepted()['production_id']}"
    known = editor.get(production).accepted()["facts"]
    change = {"revision": known["revision"], "facts": {**known["facts"], "watch": {"max_rate": "1.0"}}}
    editor.put(f"{production}/facts", change).accepted()
    editor.post(f"{production}/runs", {}).accepted()
    eventually(lambda: editor.get(production).accepted()["state"] == "reviewing", PROCESSED_MS / 1000)
    eventually(lambda: editor.post(f"{production}/publication", {"reason": "as it was spoken"}).ok)
    desk.people.settle()


@contextmanager
def slowly(page: Page) -> Iterator[None]:
    """Meanwhile files are sent as from a slow line."""
    session = page.context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", SLOW)
    yield
    session.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": -1})
    session.detach()


@contextmanager
def cut(page: Page) -> Iterator[None]:
    """Meanwhile nothing arrives of a file but its last part. Offline, Chromium would still send what it has begun."""

    def lose(route: Route) -> None:
        if "partNumber=3" in route.request.url:
            route.continue_()
        else:
            route.abort("internetdisconnected")

    page.route(PART, lose)
    yield
    page.unroute(PART)


def write_facts(window: Window) -> None:
    """Fills in what a course needs, from where the page says that something is missing."""
    page = window.page
    page.get_by_role("tab", name="发布").click()
    expect(page.get_by_role("button", name="发布")).to_be_disabled()
    page.get_by_role("link", name="课程信息").first.click()
    page.get_by_label("内容编号").fill(new_course_id())
    for label, text in FACTS.items():
        # The head of every page names the product, which is called like its hours.
        page.get_by_role("main").get_by_label(label, exact=True).fill(text)
    page.get_by_label("类别").select_option("elective")
    page.get_by_label("AFP").check()
    page.get_by_label("会员可免费领取").check()
    page.get_by_role("button", name="添加讲师").click()
    for label in ("姓名", "头衔", "简介"):
        page.get_by_label(label, exact=True).fill("Lin")
    page.get_by_role("button", name="保存课程信息").click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    visit(window)


def correct_transcript(window: Window, lecture: Lecture) -> None:
    """Finds a sentence, goes there, and corrects it in its place."""
    page, said = window.page, next(found for found in lecture.transcript.sentences if WORD in found.text)
    time = f"{said.start_ms // 60_000:02d}:{said.start_ms // 1000 % 60:02d}"
    page.get_by_role("tab", name="文稿").click()
    page.get_by_role("searchbox", name="在文稿中查找").fill(WORD)
    expect(page.get_by_text("第 1 处，共 1 处")).to_be_visible()
    page.get_by_role("button", name=f"跳到 {time}").click()
    page.wait_for_function("(ms) => document.querySelector('video').currentTime * 1000 >= ms", arg=said.start_ms)
    page.get_by_role("button", name=f"修改 {time} 的句子").press("Enter")
    page.get_by_role("textbox", name=f"{time} 的句子").fill(said.text.replace(WORD, "浪费"))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(f"{time} 的句子已保存")).to_be_visible()
    expect(page.get_by_role("button", name=f"修改 {time} 的句子")).to_be_focused()
    visit(window)


def decide(window: Window) -> None:
    """Accepts what a machine drafted, and writes what every page has."""
    page = window.page
    page.get_by_role("tab", name="摘要").click()
    visit(window)
    page.get_by_label("审核人署名").fill(REVIEWER)
    for box in page.get_by_role("checkbox", name="标出的内容我已核对").all():
        box.check()
    accepting = page.get_by_role("button", name=re.compile("^采用"))
    while waiting := accepting.count():
        accepting.first.click()
        expect(accepting).to_have_count(waiting - 1)
    if page.get_by_role("button", name="编写章节速览").count():
        page.get_by_role("button", name="编写章节速览").click()
        page.get_by_role("button", name="添加章节").click()
        page.get_by_label("开始时间").fill("00:00")
    else:
        page.get_by_role("button", name="修改章节速览").click()
    page.locator("#block-chapters").get_by_label("标题").first.fill("Why the sum comes first")
    page.locator("#block-chapters").get_by_label("概要").first.fill("Needs before products.")
    visit(window)
    page.get_by_role("button", name="保存这一部分").click()
    expect(page.get_by_text("Why the sum comes first")).to_be_visible()


def look_at_preview(window: Window) -> None:
    """The page as a learner will see it, on a phone and on a desktop."""
    page = window.page
    page.get_by_role("tab", name="预览").click()
    for screen, width in (("手机", 390), ("电脑", 1280)):
        page.get_by_label(screen).check()
        frame = page.frame_locator(f'iframe[title="课程页预览：{screen}"]')
        expect(frame.get_by_role("heading", level=1)).to_have_text(TITLE)
        assert frame.locator("body").evaluate("() => document.defaultView.innerWidth") == width
        expect(frame.get_by_text("Why the sum comes first").first).to_be_attached()
        assert window.findings() == []
    visit(window)


def publish(window: Window) -> None:
    """Publishes with a reason."""
    page = window.page
    page.get_by_role("tab", name="发布").click()
    expect(page.get_by_text("可以发布了")).to_be_visible()
    try_dialog(window, page.get_by_role("button", name="发布"))
    page.get_by_role("button", name="发布").click()
    give_reason(page, "发布", "首次发布")
    expect(page.get_by_role("button", name="打开课程页")).to_be_visible()
    visit(window)
