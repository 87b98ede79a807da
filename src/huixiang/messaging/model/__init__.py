"""Messages, what carries them, how far each has come, and what messaging refuses."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.messaging.model.channels import OWN, Channel, MessageClass, Standing
from huixiang.messaging.model.receipts import Delivery, Told
from huixiang.messaging.model.rules import MarketingCap, MessagingRules

__all__ = ["OWN", "Channel", "MarketingCap", "MessageClass", "MessagingRules", "Standing"]


class MessageState(StrEnum):
    """How far a message has come. unknown: a request was made, and whether the provider took it cannot be told."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What a provider's answer comes to. not_taken: certainly not taken, and may be tried again. untellable: this
    provider cannot be asked."""

    TAKEN = "taken"
    REFUSED = "refused"
    NOT_TAKEN = "not_taken"
    UNKNOWN = "unknown"
    UNTELLABLE = "untellable"


Key = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,128}$(?!\n)", description="The caller's, once for each owner.")]
TemplateName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,47}$(?!\n)", description="What a message is about.")]
ValueName = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$(?!\n)")]
Title = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,128}$(?!\n)", description="One line.")]
Body = Annotated[str, Meta(pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]{1,4000}$(?!\n)", description="Text in lines.")]


class NewMessage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message as it is to arrive.

    key: a repetition under it sends nothing twice. template: what the message is about, by our name; providers that
    fill in templates of their own get `values`. template_version: of the document that it was rendered by.
    provider_template: what the provider calls its own template, where that document says so. address: an E.164 phone, a
    WeChat open id, `user:` or `external:` and an id of WeCom, an email address, a device token, the name of a webhook;
    none for the inbox and pop-ups. can_wait: a service notice that keeps to quiet hours; marketing always does. secret:
    the content is destroyed as soon as it is settled what became of the message. expires_at: of no use from then on; a
    pop-up has one.
    """

    key: Key
    channel: Channel
    message_class: MessageClass
    template: TemplateName
    text: Body
    title: Title | None = None
    address: str | None = None
    values: Annotated[dict[ValueName, Title], Meta(max_length=32)] = {}
    can_wait: bool = False
    secret: bool = False
    expires_at: datetime | None = None
    template_version: int | None = None
    provider_template: str | None = None

    def __post_init__(self) -> None:
        if self.secret and self.channel in OWN:
            raise ValueError("nothing secret belongs into the inbox or a pop-up, where it stays")
        if self.channel is Channel.POPUP and self.expires_at is None:
            raise ValueError("a pop-up has an end: expires_at")


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sealed of a message."""

    text: str
    title: str | None = None
    address: str | None = None
    values: dict[str, str] = {}
    provider_template: str | None = None


class Receipt(msgspec.Struct, frozen=True):
    """A message was accepted here; `state` is sent for the inbox, unless it waits for quiet hours to end, and failed
    where nothing may reach the member that way. repeated: it had been before, under this key."""

    message_id: UUID
    state: MessageState
    due_at: datetime | None
    repeated: bool


class StoredMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it is kept. due_at: when to look at it next: to send, to take a claim for lost, to ask; None where
    nothing is left to do. tries: requests to send; asks: requests to tell since the last of them; requests: all."""

    member_id: UUID
    message_id: UUID
    channel: Channel
    message_class: MessageClass
    template: str
    state: MessageState
    urgent: bool
    secret: bool
    sealed: bytes | None
    created_at: datetime
    due_at: datetime | None
    expires_at: datetime | None
    tried_at: datetime | None
    tries: int
    asks: int
    requests: int
    provider: str | None
    provider_ref: str | None
    reason: str | None
    sent_at: datetime | None
    read_at: datetime | None
    template_version: int | None = None
    delivery: Delivery | None = None
    delivery_code: str | None = None
    delivery_at: datetime | None = None
    dismissed_at: datetime | None = None


class Step(msgspec.Struct, frozen=True):
    """Where a message goes next. due_at: when to look at it again; None: never. reason: a short code."""

    state: MessageState
    due_at: datetime | None = None
    reason: str | None = None


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider gets. message_id is the stable id: the same at every request about this message. created_at and
    tried_at (of the first request, and of the last) tell a provider what it remembers of it."""

    member_id: UUID
    message_id: UUID
    channel: Channel
    message_class: MessageClass
    template: str
    content: Content
    created_at: datetime
    tried_at: datetime

    @property
    def address(self) -> str:
        return self.content.address or ""


class Answer(msgspec.Struct, frozen=True):
    """What came of a request. reason: a short code, the provider's own where it gave one, never a text: a text may
    quote the address. provider_ref: the provider's id for the message."""

    outcome: Outcome
    reason: str | None = None
    provider_ref: str | None = None


class Task(msgspec.Struct, frozen=True):
    """A request to make of a provider, by whoever claimed it. number: of the request, from 1."""

    parcel: Parcel
    action: Literal["send", "ask"]
    number: int


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One request made of a provider and what it answered, or what an app did with a pop-up. Never changed."""

    number: int
    action: Literal["send", "ask", "show", "dismiss"]
    provider: str
    began_at: datetime
    ended_at: datetime
    outcome: Outcome
    reason: str | None
    provider_ref: str | None


class InboxMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a member's inbox, as the member sees it."""

    message_id: UUID
    message_class: MessageClass
    template: str
    title: str | None
    text: str
    sent_at: datetime
    read_at: datetime | None


class Unread(msgspec.Struct, frozen=True):
    """How many messages of an inbox were not read."""

    unread: int


class MessageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A message as staff see it: what was sent when, not what it said. address_masked: None where it has none, and once
    it is destroyed. delivery: what the provider told last, with its code and time."""

    message_id: UUID
    member_id: UUID
    channel: Channel
    message_class: MessageClass
    template: str
    state: MessageState
    reason: str | None
    address_masked: str | None
    provider: str | None
    provider_ref: str | None
    created_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    read_at: datetime | None
    tries: int
    template_version: int | None
    delivery: Delivery | None
    delivery_code: str | None
    delivery_at: datetime | None
    dismissed_at: datetime | None


class MessageProof(msgspec.Struct, frozen=True, kw_only=True):
    """A message with every request that was made about it, in order, and all that its provider told of it."""

    message: MessageRow
    evidence: list[Evidence]
    receipts: list[Told]


class SunkMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What arrived at the local sink, as the member would have got it."""

    message_id: UUID
    member_id: UUID
    channel: Channel
    template: str
    address: str | None
    title: str | None
    text: str
    values: dict[str, str]
    arrived_at: datetime


class MessageKeyReused(DomainError):
    code = "message_key_reused"
    status = 409
    title = Text(zh="消息键已被使用", en="Message key reused")
    detail = Text(zh="此键已用于另一条消息。", en="This key was used for another message.")


class ChannelNotConfigured(DomainError):
    """Field: channel."""

    code = "channel_not_configured"
    status = 503
    title = Text(zh="消息渠道未配置", en="Channel not configured")
    detail = Text(zh="消息渠道 {channel} 没有配置服务商。", en="No provider is configured for the channel {channel}.")


class MarketingNotWanted(DomainError):
    code = "marketing_not_wanted"
    status = 409
    title = Text(zh="不接收营销消息", en="Marketing not wanted")
    detail = Text(zh="该会员不接收营销消息。", en="The member does not take marketing messages.")


class MessageUnknown(DomainError):
    """Field: message_id."""

    code = "message_unknown"
    status = 404
    title = Text(zh="没有这条消息", en="No such message")
    detail = Text(zh="没有编号为 {message_id} 的消息。", en="There is no message {message_id}.")
