"""Signing in through an identity provider: WeChat, Alipay."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model.arrivals import Arrival
from huixiang.members.model.sign_in import Device, SignedIn, Ticket

ProviderName = Literal["wechat", "alipay"]
ReturnTo = Annotated[str, Meta(max_length=512, description="A path of the member pages, such as /m/coupons?tab=1.")]


class ProviderVisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody is about to be sent to a provider. `return_to`: where they want to be afterwards."""

    provider: ProviderName
    return_to: ReturnTo = "/m/"


class ProviderDoor(msgspec.Struct, frozen=True):
    """Where to send the browser. `flow` stays in the page that began it; it comes back with the code."""

    authorize_url: str
    flow: str
    expires_at: datetime


class ProviderProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The code that a provider gave. A page gives the `flow` that it began and the `state` that came back with the
    code; an app and a mini-program have their codes from the provider's own kit, and give neither."""

    provider: ProviderName
    code: Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,256}$(?!\n)")]
    device: Device
    flow: Annotated[str, Meta(max_length=128)] | None = None
    state: Annotated[str, Meta(max_length=128)] | None = None
    arrival: Arrival | None = None

    def __post_init__(self) -> None:
        page = self.device.kind == "h5"
        if page != (self.flow is not None) or page != (self.state is not None):
            raise ValueError("a page gives flow and state, an app and a mini-program do not")


class ProviderOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Either `signed_in`, or a `ticket` for somebody who is nobody's member yet: they give it with the code of their
    phone, or join with it alone. `return_to`: as it was asked for, of a page."""

    signed_in: SignedIn | None = None
    ticket: Ticket | None = None
    ticket_expires_at: datetime | None = None
    return_to: str | None = None


class TicketUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To join with what a provider said alone, without a phone."""

    ticket: Ticket
    device: Device
    arrival: Arrival | None = None


class StoredFlow(msgspec.Struct, frozen=True, kw_only=True):
    """A visit to a provider, as it is kept: hashes of what the page has and of what comes back with the code."""

    flow_hash: bytes
    state_hash: bytes
    provider: ProviderName
    return_to: str
    expires_at: datetime


class ProviderRefused(DomainError):
    """Fields: provider, reason: `state` (not begun by this page, run out, or used), `code` (wrong, used or run out),
    `visitor` (somebody whom the provider does not know itself), `ticket` (forged or run out)."""

    code = "provider_refused"
    status = 403
    title = Text(zh="第三方登录未通过", en="Refused by the provider")
    detail = Text(
        zh="{provider} 登录未通过（{reason}），请重新发起。",
        en="Signing in by {provider} failed ({reason}): begin again.",
    )


class ProviderUnavailable(DomainError):
    """Field: provider."""

    code = "provider_unavailable"
    status = 503
    title = Text(zh="第三方登录暂不可用", en="The provider cannot be reached")
    detail = Text(zh="{provider} 暂时无法访问，请稍后重试。", en="{provider} cannot be reached; try again later.")


class ProviderNotConfigured(DomainError):
    """Fields: provider, device."""

    code = "provider_not_configured"
    status = 409
    title = Text(zh="未开通该登录方式", en="Not set up")
    detail = Text(zh="未开通 {provider} 登录（{device}）。", en="Signing in by {provider} is not set up for {device}.")
