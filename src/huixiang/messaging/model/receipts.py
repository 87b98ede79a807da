"""What providers tell of a message of their own accord, after they took it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.messaging.model.channels import Channel


class Delivery(StrEnum):
    """Whether it came to the member's device, mailbox or app."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class ProviderReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a provider told. It names the message by the stable id, or else by the provider's own. code: the
    provider's, never a text. occurred_at: by the provider's clock."""

    provider: str
    channel: Channel
    message_id: UUID | None = None
    provider_ref: str | None = None
    state: Delivery
    code: str
    occurred_at: datetime


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as it is kept with its message. Never changed."""

    provider: str
    state: Delivery
    code: str
    occurred_at: datetime
    received_at: datetime


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request by which a provider calls. Names of headers are in lower case."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    address: IPv4Address | IPv6Address | None
    now: datetime


class Heard(msgspec.Struct, frozen=True):
    """What a call said, and what its caller wants to hear. Nothing of it is kept yet."""

    receipts: list[ProviderReceipt]
    answer: bytes
    media_type: str


class CallbackRefused(DomainError):
    """No call of a provider that is configured, or not signed by it, or too old. Says no more."""

    code = "callback_refused"
    status = 401
    title = Text(zh="回调未通过验证", en="Callback refused")
    detail = Text(zh="该回调未通过验证。", en="This callback was not shown to be a provider's.")
