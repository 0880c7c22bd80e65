"""The adapter of WeChat against the sandbox, which answers as WeChat does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from local.wechat.sandbox import BASE, LOGIN, PEOPLE, USERINFO, WeChat, playing_wechat, unionid_of
from services.credits.adapters.wechat_oauth import WeChatOAuth
from services.kit.wechat import WeChatRefused, WeChatUnavailable

URL = "https://learn.example"


class Clock:
    """The sandbox's, which the test moves."""

    now = datetime(2026, 12, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


CLOCK = Clock()


@pytest.fixture(scope="module")
def wechat() -> Iterator[WeChat]:
    with playing_wechat(CLOCK) as played:
        yield played


def adapter(wechat: WeChat, **changes: str) -> WeChatOAuth:
    return WeChatOAuth(lambda _: {**wechat.secret(), **changes}, lambda: URL)


def scanned(page: str, person: str) -> dict[str, str]:
    """What WeChat sends the browser back with, once somebody has scanned the code."""
    asked = urlsplit(page).query
    answer = httpx.post(
        f"{page.partition('/connect')[0]}/connect/confirm", data={"asked": asked, "person": person}, trust_env=False
    )
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == f"{URL}/sign-in/wechat"
    return {name: values[0] for name, values in parse_qs(back.query).items()}


def test_whoever_scans_the_code_is_known_by_one_id_in_both_apps(wechat: WeChat) -> None:
    page = adapter(wechat).page("the-state", inside=False)
    shown = httpx.get(page, trust_env=False).text
    assert all(name in shown for name in PEOPLE[:2])
    back = scanned(page, PEOPLE[0])
    assert back["state"] == "the-state"
    outside = adapter(wechat).person(back["code"], inside=False)
    inside_page = adapter(wechat).page("s", inside=True)
    answer = httpx.get(inside_page, trust_env=False)
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    inside = adapter(wechat).person(code, inside=True)
    assert outside == inside == unionid_of(PEOPLE[0])


def test_a_code_is_once_of_one_app_and_for_five_minutes(wechat: WeChat) -> None:
    code = wechat.consent(wechat.site, PEOPLE[0], LOGIN)
    with pytest.raises(WeChatRefused):
        adapter(wechat).person(code, inside=True)
    adapter(wechat).person(code, inside=False)
    for again in (code, "made-up"):
        with pytest.raises(WeChatRefused):
            adapter(wechat).person(again, inside=False)
    late = wechat.consent(wechat.site, PEOPLE[0], LOGIN)
    CLOCK.now += timedelta(minutes=6)
    with pytest.raises(WeChatRefused):
        adapter(wechat).person(late, inside=False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"site_secret": "wrong"}, "errcode 40125"),
        ({"site_app_id": "wrong"}, "errcode 40013"),
        ({"gateway": "http://127.0.0.1:9"}, "no answer"),
        ({"unset": "made up"}, "there are no apps yet"),
    ],
)
def test_what_is_wrong_with_us_is_said_without_the_secret(wechat: WeChat, changes: dict[str, str], said: str) -> None:
    code = wechat.consent(wechat.site, PEOPLE[0], LOGIN)
    with pytest.raises(WeChatUnavailable, match=said) as raised:
        adapter(wechat, **changes).person(code, inside=False)
    assert wechat.site.secret not in str(raised.value)


def test_a_code_without_consent_names_nobody_to_us(wechat: WeChat) -> None:
    with pytest.raises(WeChatUnavailable):
        adapter(wechat).person(wechat.consent(wechat.account, PEOPLE[1], BASE), inside=True)
    assert adapter(wechat).person(wechat.consent(wechat.account, PEOPLE[1], USERINFO), inside=True)


@pytest.mark.parametrize("change", [("appid", "wx0"), ("scope", "snsapi_base"), ("response_type", "token")])
def test_the_sandboxes_page_refuses_what_wechats_does(wechat: WeChat, change: tuple[str, str]) -> None:
    page = urlsplit(adapter(wechat).page("s", inside=False))
    asked = {name: values[0] for name, values in parse_qs(page.query).items()} | dict([change])
    answer = httpx.get(f"{page.scheme}://{page.netloc}{page.path}", params=asked, trust_env=False)
    assert "错误" in answer.text
    assert "<form" not in answer.text
