"""Nouns of webhooks: endpoints, what is told to them and to Kafka, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text

TEST_EVENT = "webhooks.test.v1"  # asked for by hand; not in the outbox
# Whose events those are that concern no member.
PROGRAMME = UUID("00000000-0000-7000-8000-000000000000")
OVERLAP_S, OVERLAP_MAX_S = 24 * 3600, 7 * 24 * 3600

EndpointName = Annotated[str, Meta(min_length=1, max_length=80, description="Whose it is.", examples=["data hub"])]
Url = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=500,
        pattern=r"^https?://[^\s\x00-\x1f\x7f]+$(?!\n)",
        description="Where requests go: https, on the public internet, on any port.",
        examples=["https://hub.example/huixiang"],
    ),
]
EventName = Annotated[
    str,
    Meta(pattern=r"^[a-z_]{1,40}\.[a-z_]{1,60}\.v[0-9]{1,3}$(?!\n)", examples=["checkout.order_completed.v1"]),
]
EventNames = Annotated[list[EventName], Meta(min_length=1, max_length=100, description="Which events it is told.")]
EndpointState = Literal["active", "paused", "disabled"]
DeliveryState = Literal["waiting", "delivered", "given_up"]


class NewEndpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: EndpointName
    url: Url
    events: EventNames


class EndpointChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be otherwise; what is left out stays. `events` are those from now on."""

    name: EndpointName | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    events: EventNames | UnsetType = UNSET


class SecretRotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`overlap_s`: for how long requests are signed by the secret before, too."""

    overlap_s: Annotated[int, Meta(ge=0, le=OVERLAP_MAX_S, examples=[OVERLAP_S])] = OVERLAP_S


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Either one event, or all that were recorded from `since` until before `until`; `only_given_up`: of those what
    was never taken."""

    event_id: UUID | None = None
    since: Annotated[datetime, Meta(tz=True)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None
    only_given_up: bool = False


class Replayed(msgspec.Struct, frozen=True):
    """How many events will be sent again."""

    events: int


class SigningSecret(msgspec.Struct, frozen=True):
    """A secret of an endpoint, without the secret. `ends_at`: until when it signs; null of the one in use."""

    secret_no: int
    created_at: datetime
    ends_at: datetime | None = None


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """`state`: `active`; `paused` by hand; `disabled` for `why`: `failing` for five days, or `gone` (it answered 410).
    What happens meanwhile is kept and sent once it is active again. `failing_since`: the first failure after the last
    success. `secrets`: those that sign now, the newest first."""

    endpoint_id: UUID
    name: str
    url: str
    events: list[str]
    state: EndpointState
    why: Literal["failing", "gone"] | None
    failing_since: datetime | None
    created_at: datetime
    changed_at: datetime
    secrets: list[SigningSecret] = []


class EndpointLook(msgspec.Struct, frozen=True):
    """An endpoint with its deliveries that wait, and those that were given up. Each is counted up to 1,000, which then
    means that there may be more."""

    endpoint: Endpoint
    waiting: int
    given_up: int


class NewSecret(msgspec.Struct, frozen=True):
    """An endpoint with its new secret, which is shown this once and cannot be read again."""

    endpoint: Endpoint
    secret: str


class ShownSecret(msgspec.Struct, frozen=True):
    """`secret`: `whsec_` and base64; null where the answer is a repetition, since it is kept only sealed."""

    endpoint: Endpoint
    secret: str | None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event to one endpoint. `due_at`: when it is tried next; null where it is settled, or waits for an earlier
    event of the same member. `status`, `reason`: of the last attempt."""

    event_id: UUID
    type: str
    member_id: UUID
    state: DeliveryState
    attempts: int
    queued_at: datetime
    due_at: datetime | None
    settled_at: datetime | None
    status: int | None
    reason: str | None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `status`: of the answer, null where there was none; `reason`: `ok`, `http_<status>`, or why there
    was no answer; `excerpt`: how the answer began."""

    number: int
    began_at: datetime
    ended_at: datetime
    status: int | None
    reason: str
    excerpt: str


class DeliveryDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery with what is sent, and every attempt, the latest first."""

    delivery: Delivery
    body: str
    attempts: list[Attempt]


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is sent: `body` is what is signed."""

    event_id: UUID
    member_id: UUID
    type: str
    body: str


class Message(Telling, frozen=True, kw_only=True):
    """An event that waits to be written to Kafka, in the place that it has among all."""

    place: int


class Acknowledged(msgspec.Struct, frozen=True):
    """What the brokers have taken and keep. `reason`: a short code, why the others were not; null where all were."""

    event_ids: frozenset[UUID]
    reason: str | None = None


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One request to be made by who holds the claim. `secrets`: sealed, with their numbers, the newest first."""

    endpoint_id: UUID
    member_id: UUID
    claim: UUID
    place: int
    event_id: UUID
    url: str
    body: str
    tries: int
    attempts: int
    tried_since: datetime | None
    secrets: list[tuple[int, bytes]]


class Outcome(StrEnum):
    """TAKEN: a status from 200 to 299. GONE: 410, the endpoint wants nothing any more. FAILED: anything else."""

    TAKEN = "taken"
    GONE = "gone"
    FAILED = "failed"


class Answer(msgspec.Struct, frozen=True):
    outcome: Outcome
    reason: str
    status: int | None = None
    excerpt: str = ""


class EndpointUnknown(DomainError):
    code = "webhook_endpoint_unknown"
    status = 404
    title = Text(zh="没有这个接收端", en="Unknown webhook endpoint")
    detail = Text(zh="没有编号为 {endpoint_id} 的接收端。", en="There is no webhook endpoint {endpoint_id}.")


class DeliveryUnknown(DomainError):
    code = "webhook_delivery_unknown"
    status = 404
    title = Text(zh="没有这次投递", en="Unknown delivery")
    detail = Text(
        zh="该接收端没有事件 {event_id} 的投递记录，或记录已过保存期。",
        en="The endpoint has no delivery of event {event_id}, or it is no longer kept.",
    )


class EventNotOffered(DomainError):
    code = "webhook_event_unknown"
    status = 422
    title = Text(zh="没有这种事件", en="Unknown event")
    detail = Text(
        zh="没有名为 {event} 的事件；可用 GET /api/v1/webhooks/events 查看全部名称。",
        en="There is no event {event}; GET /api/v1/webhooks/events lists their names.",
    )


class EndpointAddressRefused(DomainError):
    """`why`: scheme, user or address."""

    code = "webhook_address_refused"
    status = 422
    title = Text(zh="不能使用这个地址", en="Address refused")
    detail = Text(
        zh="不能向 {url} 发送（{why}）：须为 https，不带用户名，并指向公网地址。",
        en="Nothing is sent to {url} ({why}): it takes https, no user name, and an address on the public internet.",
    )


class TooManyEndpoints(DomainError):
    code = "webhook_endpoints_too_many"
    status = 409
    title = Text(zh="接收端过多", en="Too many endpoints")
    detail = Text(zh="最多 {limit} 个接收端；请先删除不用的。", en="There are {limit} at most; delete one first.")


class ReplayTooLarge(DomainError):
    code = "webhook_replay_too_large"
    status = 422
    title = Text(zh="重放范围过大", en="Too much to replay")
    detail = Text(
        zh="该时间段内有超过 {limit} 个事件；请缩短 since 与 until 之间的时间，分次重放。",
        en="There are more than {limit} events in that span; replay it in shorter ones, the earliest first.",
    )


class SecretRotating(DomainError):
    code = "webhook_secret_rotating"
    status = 409
    title = Text(zh="正在更换密钥", en="A rotation is under way")
    detail = Text(
        zh="上一个密钥到 {ends_at} 才失效；在此之前不能再次更换。",
        en="The secret before still signs until {ends_at}; rotate again after that.",
    )
