"""The devices that a learner is told on, and of what."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from services.credits.app.context import DevicesContext
from services.credits.app.push.devices import (
    add_device,
    read_devices,
    read_push_settings,
    remove_device,
    set_push_settings,
)
from services.credits.app.push.items import device_id_of
from services.credits.domain.notices import NoticeKind
from services.credits.domain.push import Device, Language
from services.credits.handlers.routes.fields import learner_id
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

DeviceId = Annotated[str, Field(pattern="^[0-9a-f]{32}$", description="as the list names it")]


class DeviceAnswer(Answer):
    """A browser that is told."""

    device_id: str
    service: str = Field(description="the host of its push service, by which one knows the browser")
    language: Language
    added_at: datetime


class PushAnswer(Answer):
    """What a page needs to subscribe, and what the caller has said."""

    public_key: str = Field(description="ours, for `applicationServerKey`: a point of P-256, base64url")
    off: list[NoticeKind] = Field(description="kinds that do not come to devices; the inbox has them all")
    devices: list[DeviceAnswer]


class DeviceRequest(Request):
    """A browser's subscription, as `PushSubscription.toJSON()` has it, and the language of what it shows."""

    endpoint: str = Field(strict=True, max_length=1000, pattern=r"^https://[!-~]+$")
    p256dh: str = Field(strict=True, pattern="^[A-Za-z0-9_-]{87}$")
    auth: str = Field(strict=True, pattern="^[A-Za-z0-9_-]{22}$")
    language: Language


class AddedAnswer(Answer):
    """The device's id."""

    device_id: str


class PushSettingsBody(Request):
    """Which kinds of notices do not come to devices."""

    off: list[NoticeKind] = Field(max_length=20)


def add_push_routes(api: HttpApi, ctx: DevicesContext) -> None:
    """All of them."""
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/credits/push", "read_push")
    def read() -> PushAnswer:
        """The caller's devices, what they want there, and our public key."""
        whose = learner_id(api)
        return PushAnswer(
            public_key=ctx.push_key.public(),
            off=list(read_push_settings(ctx.store, whose).off),
            devices=[_answer(each.value) for each in read_devices(ctx.store, whose)],
        )

    @learner.route("PUT /v1/credits/push/settings", "set_push_settings")
    def change(request: PushSettingsBody) -> PushSettingsBody:
        """Switch push off or on by kind."""
        return PushSettingsBody(off=list(set_push_settings(ctx, api.call(), request.off).off))

    @learner.route("PUT /v1/credits/push/devices", "add_device")
    def add(request: DeviceRequest) -> AddedAnswer:
        """Be told on this browser; safe to repeat. Whoever it told before is told there no more."""
        subscription = (request.endpoint, request.p256dh, request.auth, request.language)
        return AddedAnswer(device_id=add_device(ctx, api.call(), *subscription))

    @learner.route("DELETE /v1/credits/push/devices/<device_id>", "remove_device")
    def remove(device_id: DeviceId) -> AddedAnswer:
        """Be told on it no more; safe to repeat."""
        remove_device(ctx, learner_id(api), device_id)
        return AddedAnswer(device_id=device_id)


def _answer(device: Device) -> DeviceAnswer:
    host = urlsplit(device.endpoint).netloc
    return DeviceAnswer.of(device, device_id=device_id_of(device.endpoint), service=host)
