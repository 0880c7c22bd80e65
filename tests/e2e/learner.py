"""A learner at a browser: what a person does on the pages, as steps of tests."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from demo.client import Client
from demo.people import grant_membership, hold_certificates, learner_id_of
from local.codes import PATH as CODES
from local.emulator import ROOT
from local.seed import DOMAIN, PASSWORD
from tests.flows.world import World

COURSE = "risk-level-talk"
"""The demo's 20-second course, which members can claim."""
PROMPTS, HOURS = 2, "0.5"
"""How often it asks whether somebody is there, and what it brings."""
PATIENCE_MS = 90_000
"""For machines that do much else; nothing waits longer than it must."""

PAUSE = """() => document.querySelector('[role=alertdialog]')
    ?? [...document.querySelectorAll('button')].find((b) => b.getAttribute('aria-label') === '暂停')?.click()"""
"""Unless a prompt has paused it: looked at and done in one go."""
SETTLED = """async () => {
    const frame = () => new Promise((next) => requestAnimationFrame(next))
    const finite = (shown) => Number.isFinite(shown.effect?.getComputedTiming().endTime)
    for (let still = 0; still < 3; still += 1) {
        await frame()
        const moving = document.getAnimations().filter((shown) => finite(shown) && shown.playState === 'running')
        if (moving.length) still = 0
        await Promise.all(moving.map((shown) => shown.finished.catch(() => {})))
    }
}"""
"""Resolves when nothing fades or slides: contrast in the middle of a fade is not what anybody reads."""

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 860}},
    "phone": PHONE,
    "wechat": {**PHONE, "user_agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50"},
}
"""The last is WeChat's own browser, as far as it says so."""
Size = Literal["desktop", "phone", "wechat"]


@dataclass
class Desk:
    """Windows for learners. `errors` collects what no page may show: exceptions, and answers of 5xx."""

    browser: Browser
    people: World
    errors: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def window(self, size: Size = "desktop") -> "Window":
        """A new window, of somebody who is not signed in."""
        context = self.browser.new_context(base_url=self.people.system.base_url, **SIZES[size])
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._console)
        page.on("response", self._response)
        return Window(page)

    def learner(self) -> "Person":
        """A new learner who has nothing."""
        email = f"browser-{uuid4().hex[:12]}@{DOMAIN}"
        self.people.system.create_user(email, PASSWORD, [])
        return Person(email, self.people.public.sign_in(email, PASSWORD))

    def member(self) -> "Person":
        """A new member with a confirmed AFP certificate."""
        person = self.learner()
        grant_membership(self.people.admin, learner_id_of(person.client))
        hold_certificates(self.people.admin, person.client, ["AFP"])
        return person

    def close(self) -> None:
        """Closes every window."""
        for context in self.contexts:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        # Browsers report every refused request as an error; those are judged by their status.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def _response(self, response: Response) -> None:
        if response.status >= 500 and not response.headers.get("x-test"):
            self.errors.append(f"{response.status} {response.url}")


@dataclass(frozen=True)
class Person:
    """An account, and its access over plain HTTP."""

    email: str
    client: Client

    def progress(self, course_id: str = COURSE) -> dict[str, Any]:
        """What the service has credited."""
        found: dict[str, Any] = self.client.get(f"/v1/playback/courses/{course_id}/progress").accepted()
        return found


@dataclass(frozen=True)
class Window:
    """A window with one page."""

    page: Page

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Signs in on the page that asks for it, by e-mail."""
        self.by_email()
        self.page.locator("#email").fill(email)
        self.page.locator("#password").fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()

    def by_email(self) -> None:
        """On the page that asks to sign in, chooses to do so by e-mail."""
        self.page.get_by_role("tab", name="邮箱").click()

    def open_as(self, person: Person, path: str) -> None:
        """Opens a page as somebody who signs in first."""
        self.enter(person.email, path)

    def enter(self, email: str, path: str) -> None:
        """Opens a page as whoever has the account, who signs in first."""
        self.page.goto(f"/sign-in?to={path}")
        self.sign_in(email)
        if code := self.page.request.get(CODES).json().get(email):
            self.page.locator("#code").fill(code)
            self.page.get_by_role("button", name="登录", exact=True).click()
        # The page that asks to sign in has the path in its query.
        self.page.wait_for_url(re.compile(rf"^[^?]*{re.escape(path)}$"))

    def claim(self) -> None:
        """Claims the course of the page, after reading the rules."""
        self.page.get_by_role("button", name="领取课程").click()
        self.page.get_by_role("button", name="同意并领取").click()
        expect(self.page.get_by_role("button", name="开始学习")).to_be_visible()

    def join(self) -> None:
        """Buys a membership."""
        self.page.goto("/membership")
        self.page.get_by_role("button", name="立即开通 VIP会员", exact=True).click()
        self.page.get_by_role("button", name="提交订单").click()
        self.pay()

    def pay(self) -> None:
        """Pays the order on the provider's page, which opens beside ours."""
        page = self.page
        page.wait_for_url(re.compile(r"/orders/\w+/pay$"))
        with page.expect_popup() as opened:
            page.locator("a[target=_blank]").click()
        # Left open: closing a page that is being navigated can wait for ever.
        opened.value.get_by_role("button", name="支付 · Pay", exact=True).click()
        expect(opened.value.get_by_text("已支付 · Paid")).to_be_visible()
        # A page in the background is drawn once a second.
        page.bring_to_front()
        page.wait_for_url(re.compile(r"/orders/\w+$"))
        expect(page.get_by_text("已付款")).to_be_visible()

    def begin(self) -> None:
        """Starts to watch on the player's page."""
        self.page.get_by_test_id("begin").click()
        # Until then the element has no duration to seek within.
        self.page.wait_for_function("() => document.querySelector('video')?.readyState >= 1")

    def watch_to_the_hours(self) -> None:
        """On the page of the course, which one has: watches it whole, and sees what it brought."""
        self.page.get_by_role("button", name="开始学习").click()
        # The rules are said before anything is watched, with the number of prompts.
        expect(self.page.get_by_text(f"共有 {PROMPTS} 次互动确认").first).to_be_visible()
        self.begin()
        for _ in range(PROMPTS):
            self.prompt()
            self.confirm()
        expect(self.page.get_by_test_id("completed")).to_be_visible()
        self.page.get_by_role("button", name="查看我的学时").click()
        expect(self.page.get_by_text(f"+{HOURS} 学时")).to_be_visible()

    def watch_claimed(self, person: Person, course_id: str = COURSE) -> None:
        """Signs in, claims the course, opens its player and starts."""
        self.open_as(person, f"/courses/{course_id}")
        self.claim()
        self.page.get_by_role("button", name="开始学习").click()
        self.begin()

    def prompt(self) -> None:
        """Waits for the next prompt."""
        expect(self.page.get_by_role("alertdialog")).to_be_visible()

    def played(self, seconds: float) -> None:
        """Waits until so much of the lecture has been played."""
        self.page.wait_for_function("(s) => document.querySelector('video').currentTime > s", arg=seconds)

    def pause(self) -> None:
        """Pauses the lecture, unless a prompt has."""
        self.page.evaluate(PAUSE)

    def confirm(self) -> None:
        """Confirms the prompt that is shown."""
        self.page.get_by_test_id("confirm-prompt").click()
        expect(self.page.get_by_role("alertdialog")).to_be_hidden()

    def video(self, expression: str) -> Any:
        """Evaluates JavaScript with `video` as the player's element."""
        return self.page.evaluate(f"() => {{ const video = document.querySelector('video'); return {expression} }}")

    def findings(self, *rules: str) -> list[str]:
        """Serious and critical findings of axe-core on the page as it is, of all its rules or of these."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        self.page.evaluate(SETTLED)
        options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
        results = self.page.evaluate("(options) => axe.run(document, options)", options)
        grave = [found for found in results["violations"] if found["impact"] in {"serious", "critical"}]
        return [f"{self.page.url} {found['id']}: {[node['html'][:160] for node in found['nodes']]}" for found in grave]

    def overflow(self) -> int:
        """How many pixels the page is wider than the screen. A phone's window grows with what it shows."""
        return int(self.page.evaluate("() => document.documentElement.scrollWidth - screen.width"))
