"""Demo accounts and the demo catalogue, made through the public HTTP API as anybody would. Safe to repeat."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from local.emulator import ROOT
from local.errors import LocalError
from local.steps import Steps
from services.catalog.cli.catalog_client import CatalogClient, Refusal
from services.catalog.cli.package import InvalidPackage, load_package
from services.catalog.cli.publish import describe, publish_package

COURSES = ROOT / "demo" / "courses"
DOMAIN = "demo.xueshi.example"
PASSWORD = "Xueshi-demo-2026"  # noqa: S105 (printed by `make run`; it opens nothing but this machine's emulator)


@dataclass(frozen=True)
class Account:
    """A demo account: its Cognito group (none for a learner), and what a learner has."""

    name: str
    group: str | None = None
    member: bool = False
    credentials: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """What it signs in with."""
        return f"{self.name}@{DOMAIN}"


CANARY = Account("canary", member=True)
"""What the canary signs in with."""
CANARY_COURSE = "bond-duration"
"""Of the members' library."""
ACCOUNTS = (
    Account("member", member=True, credentials=("AFP", "CFP")),
    Account("visitor"),
    Account("cheater", member=True, credentials=("AFP", "CFP")),
    Account("editor", "editor"),
    Account("reviewer", "reviewer"),
    Account("finance", "finance"),
    Account("auditor", "auditor"),
    Account("records", "records"),
    Account("admin", "administrator"),
    Account("moderator", "moderator"),
    Account("support", "support"),
    CANARY,
)


class Target(Protocol):
    """The running system, as far as seeding needs it."""

    @property
    def base_url(self) -> str:
        """The one origin."""

    def create_user(self, email: str, password: str, groups: list[str]) -> str:
        """Creates a user; answers the learner id."""

    def sign_in(self, email: str, password: str) -> str:
        """An access token."""


COUPON = {
    "code": "XUESHI-10",
    "title": "新学员九折",
    "off_percent": 10,
    "valid_from": "2026-01-01T00:00:00+08:00",
    "valid_until": "2036-01-01T00:00:00+08:00",
    "total_limit": 10_000,
    "learner_limit": 1,
    "course_ids": [],
    "reason": "demo coupon",
}
"""Ten per cent off every course, once for each learner."""


def seed_demo(system: Target, steps: Steps, courses: Path = COURSES) -> None:
    """Creates the accounts, gives learners what the demo says they have, and publishes every package in `courses`.

    Raises:
        LocalError: the system refused a step.
    """
    with steps.step("demo accounts"):
        learners = {account: _created(system, account) for account in ACCOUNTS}
    packages = sorted(path.parent for path in courses.glob("*/course.yaml"))
    with steps.step(f"memberships, certificates, coupon, {len(packages)} demo courses"), ThreadPoolExecutor() as pool:
        # Neither needs the other, and both mostly wait for functions to start.
        equipped = pool.submit(_equip_all, system, learners)
        editor = CatalogClient(system.base_url, system.sign_in(f"editor@{DOMAIN}", PASSWORD))
        for package in packages:
            publish(editor, package)
        equipped.result()


def _created(system: Target, account: Account) -> str:
    return system.create_user(account.email, PASSWORD, [account.group] if account.group else [])


def _equip_all(system: Target, learners: dict[Account, str]) -> None:
    admin = system.sign_in(f"admin@{DOMAIN}", PASSWORD)
    with httpx.Client(base_url=system.base_url, timeout=60) as http:
        _post(http, "/v1/orders/coupons", admin, COUPON, {"idempotency-key": "demo-coupon-xueshi-10"})
        for account, learner_id in learners.items():
            _equip(http, system, account, learner_id, admin)


def publish(editor: CatalogClient, package: Path) -> None:
    """Publishes one course package as the editor's command does.

    Raises:
        LocalError: the package has mistakes or the system refused it; says what it said.
    """
    try:
        publish_package(editor, load_package(package), "demo catalogue", say=lambda _: None)
    except InvalidPackage as invalid:
        raise LocalError("\n".join(describe(package, invalid.findings))) from invalid
    except (Refusal, httpx.HTTPError) as error:
        raise LocalError(f"The course package {package.name} was not published: {error}") from error


def _equip(http: httpx.Client, system: Target, account: Account, learner_id: str, admin: str) -> None:
    if account.member:
        body = {"plan": "vip", "reason": "demo account"}
        path = f"/v1/orders/learners/{learner_id}/memberships"
        _post(http, path, admin, body, {"idempotency-key": f"demo-membership-{account.name}"})
    token = system.sign_in(account.email, PASSWORD) if account.credentials else ""
    if account.credentials:
        _introduce(http, token, account.email)
    for credential in account.credentials:
        number = f"{credential}-DEMO-{account.name.upper()}"
        certificate = {"credential": credential, "number": number, "period_start": "2026-01-01"}
        _post(http, "/v1/credits/certificates", token, certificate)
        path = f"/v1/credits/learners/{learner_id}/certificates/{credential}/confirmation"
        _post(http, path, admin, {"reason": "demo account"})


def _introduce(http: httpx.Client, token: str, email: str) -> None:
    """A real name, without which hours would be held, and an address for notices. A name that was given stays."""
    path, headers = "/v1/credits/profile", {"authorization": f"Bearer {token}"}
    profile = _accepted("GET", path, http.get(path, headers=headers)).json()
    if "real_name" in profile["missing"]:
        body = {"revision": profile["revision"], "real_name": "林知行", "email": email}
        _accepted("PATCH", path, http.patch(path, json=body, headers=headers))


def _post(
    http: httpx.Client, path: str, token: str, body: dict[str, Any], headers: dict[str, str] | None = None
) -> None:
    answer = http.post(path, json=body, headers={"authorization": f"Bearer {token}", **(headers or {})})
    _accepted("POST", path, answer)


def _accepted(method: str, path: str, answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise LocalError(f"Seeding stopped: {method} {path} answered {answer.status_code}: {answer.text[:300]}")
    return answer


def sign_in_lines(base_url: str, accounts: Sequence[Account] = ACCOUNTS) -> list[str]:
    """What `make run` prints at the end: where to look and how to sign in."""
    kinds = {account.name: _kind(account) for account in accounts}
    width = max(len(account.email) for account in accounts)
    return [
        f"Xueshi runs at {base_url}",
        f"Sign in with any of these; the password is {PASSWORD}",
        *(f"  {account.email:<{width}}  {kinds[account.name]}" for account in accounts),
        f"Coupon {COUPON['code']}: ten per cent off every course, once for each learner",
    ]


def _kind(account: Account) -> str:
    parts = [account.group or "learner"]
    parts += ["member"] if account.member else []
    parts += [f"holds {', '.join(account.credentials)}"] if account.credentials else []
    return ", ".join(parts)
