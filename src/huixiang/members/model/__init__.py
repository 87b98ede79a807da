"""Members, what finds them, what is known of them, and what members refuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.money import AMOUNT_MAX
from huixiang.kernel.text import Text

Source = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,31}$(?!\n)", description="The system that gave an id.")]
ExternalKey = Annotated[str, Meta(pattern=r"^[^\s\x00-\x1f\x7f]{1,128}$(?!\n)", description="An id in another system.")]
Channel = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,31}$(?!\n)", description="Where a member came from.")]
SourceCode = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$(?!\n)", description="A code of the retailer's. It names nobody."),
]
Phone = Annotated[str, Meta(min_length=5, max_length=32, description="A phone; mainland where no country is given.")]
Name = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,64}$(?!\n)", description="A personal name.")]
AddressPart = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,200}$(?!\n)")]
AttributeCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,47}$(?!\n)", description="The name of an attribute.")]
AttributeText = Annotated[str, Meta(max_length=200)]
AttributeInteger = Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
AttributeTexts = Annotated[list[AttributeText], Meta(max_length=200)]
AttributeValue = bool | AttributeInteger | AttributeText | AttributeTexts
Attributes = Annotated[dict[AttributeCode, AttributeValue], Meta(max_length=64)]


class State(StrEnum):
    ACTIVE = "active"
    BLOCKED = "blocked"
    CLOSED = "closed"
    DECEASED = "deceased"
    MINOR = "minor"
    MERGING = "merging"  # with another member, who is in this state too
    MERGED = "merged"  # into another member, by whose id this one goes


class Ability(StrEnum):
    """What a state allows or not."""

    SIGN_IN = "sign_in"
    EARN = "earn"
    SPEND = "spend"
    RECEIVE_MARKETING = "receive_marketing"
    BE_LOOKED_UP = "be_looked_up"


class ExternalId(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """What another system calls the member. Unique over all members."""

    source: Source
    external_id: ExternalKey


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    province: AddressPart
    city: AddressPart
    street: AddressPart
    district: AddressPart | None = None
    postcode: AddressPart | None = None


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What is known of a way beside its channel. scene: where in it, as a QR code's number; guide: the shop assistant's
    code; referrer: the member who brought them."""

    scene: SourceCode | None = None
    store: SourceCode | None = None
    guide: SourceCode | None = None
    campaign: SourceCode | None = None
    referrer: MemberRef | None = None


class NewMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A registration. At least one of `phone` and `external_ids` is given. `registered_at` is for members who
    registered elsewhere before; without it the registration is now. `origin`: what brought them, beside the channel."""

    channel: Channel
    phone: Phone | None = None
    external_ids: Annotated[tuple[ExternalId, ...], Meta(max_length=8)] = ()
    name: Name | None = None
    birthday: date | None = None
    address: Address | None = None
    registered_at: datetime | None = None
    attributes: Attributes = msgspec.field(default_factory=dict)
    origin: Origin | None = None

    def __post_init__(self) -> None:
        if self.phone is None and not self.external_ids:
            raise ValueError("give a phone or an external id")
        if len({identity.source for identity in self.external_ids}) < len(self.external_ids):
            raise ValueError("one external id for each source")


class MemberRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way to name a member: `member_id`, or `number`, or `phone`, or `source` with `external_id`."""

    member_id: UUID | None = None
    number: Annotated[str, Meta(pattern=r"^[0-9]{12}$(?!\n)")] | None = None
    phone: Phone | None = None
    source: Source | None = None
    external_id: ExternalKey | None = None

    def __post_init__(self) -> None:
        if (self.source is None) != (self.external_id is None):
            raise ValueError("source and external_id belong together")
        ways = (self.member_id, self.number, self.phone, self.external_id)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("give exactly one of member_id, number, phone, and source with external_id")


class MemberCard(msgspec.Struct, frozen=True, kw_only=True):
    """A member as shown. `display_name` is in full for the member alone, masked for everybody else. `merged_into`: whom
    to ask for instead."""

    member_id: UUID
    number: str
    state: State
    registered_at: datetime
    channel: str
    display_name: str | None
    phone_masked: str | None
    external_ids: list[ExternalId]
    attributes: dict[str, AttributeValue]
    merged_into: UUID | None = None


class CardCode(msgspec.Struct, frozen=True):
    """The code that a member's card shows now: 196 digits for a QR code, signed. Good from `issued_at` until
    `expires_at`, for spending once."""

    code: str
    issued_at: datetime
    expires_at: datetime


class OneTimeCode(msgspec.Struct, frozen=True):
    """Six digits to be read out at a till, once, until `expires_at`. The one asked for before is void."""

    code: str
    issued_at: datetime
    expires_at: datetime


class StoredOneTimeCode(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time code as it is kept. guesses: wrong ones. command: digest of the command that used it. asked: codes
    asked for since `counted_from`."""

    code_hash: bytes
    expires_at: datetime
    guesses: int
    command: bytes | None
    counted_from: datetime
    asked: int


class Registration(msgspec.Struct, frozen=True):
    """What became of one registration of many. `refusal` is set where it was refused, and only there."""

    outcome: Literal["created", "existing", "refused"]
    member_id: UUID | None
    refusal: DomainError | None = None


class WrappedKey(msgspec.Struct, frozen=True):
    """A member's data key, encrypted under the master key `key_id`."""

    member_id: UUID
    key_id: str
    wrapped: bytes


class StoredMember(msgspec.Struct, frozen=True, kw_only=True):
    member_id: UUID
    number: str
    state: State
    channel: str
    registered_at: datetime
    birth_month: int | None
    birth_day: int | None
    attributes: Mapping[str, AttributeValue]
    registration_hash: bytes
    merged_into: UUID | None = None
    age_band: str | None = None
    city: str | None = None


class StoredIdentity(msgspec.Struct, frozen=True):
    """`key` is the blind index of the value; `source` is set for external ids; `tail` of phones, a keyed hash of their
    last four digits."""

    member_id: UUID
    kind: Literal["phone", "external"]
    key: str
    source: str | None
    sealed: bytes
    tail: bytes | None = None


class StoredPersonal(msgspec.Struct, frozen=True):
    member_id: UUID
    field: str
    sealed: bytes


class MemberUnknown(DomainError):
    """Field: by (which way the member was named; the value itself is not repeated)."""

    code = "member_unknown"
    status = 404
    title = Text(zh="没有该会员", en="No such member")
    detail = Text(zh="按 {by} 找不到会员。", en="There is no member by that {by}.")


class IdentityTaken(DomainError):
    """Fields: kind (phone, external), source."""

    code = "identity_taken"
    status = 409
    title = Text(zh="身份已被使用", en="Identity taken")
    detail = Text(
        zh="该 {kind} 已属于另一位会员，或已用不同内容登记过。",
        en="This {kind} identity belongs to another member, or was registered with other content.",
    )


class StateRefuses(DomainError):
    """Fields: state, ability."""

    code = "member_state_refuses"
    status = 409
    title = Text(zh="会员状态不允许", en="Refused by the member's state")
    detail = Text(zh="状态为 {state} 的会员不能：{ability}。", en="A member in state {state} may not: {ability}.")


class PresenceRequired(DomainError):
    """A system that does not vouch for its members took something of one without showing that they are there."""

    code = "presence_required"
    status = 403
    title = Text(zh="需要会员出示凭证", en="Proof of presence required")
    detail = Text(
        zh="使用会员的积分须证明会员在场：请扫会员卡动态码，或请会员读出一次性验证码，放入请求头 Member-Presence。",
        en=(
            "Taking a member's points needs proof that the member is there: scan the code on their card, or ask them "
            "for a one-time code, and send it in the header Member-Presence."
        ),
    )


class PresenceRefused(DomainError):
    """A code was shown that does not hold. Field: reason: `wrong` (mistyped, forged, of another member), `expired`,
    `used` (by another command), `guessed` (too many wrong guesses: this one-time code is void)."""

    code = "presence_refused"
    status = 403
    title = Text(zh="会员凭证无效", en="Proof of presence refused")
    detail = Text(
        zh="出示的码无效（{reason}）：请会员刷新会员卡，出示新的码。",
        en="The code that was shown does not hold ({reason}): ask the member to show a new one.",
    )


class OneTimeCodesExhausted(DomainError):
    """Field: retry_after_s."""

    code = "one_time_codes_exhausted"
    status = 429
    title = Text(zh="验证码请求过多", en="Too many one-time codes")
    detail = Text(
        zh="请求次数过多，请在 {retry_after_s} 秒后重试。",
        en="Too many were asked for; try again in {retry_after_s} s.",
    )


class AttributeUnknown(DomainError):
    """Field: attribute."""

    code = "attribute_unknown"
    status = 422
    title = Text(zh="没有该属性", en="No such attribute")
    detail = Text(zh="没有定义属性 {attribute}。", en="No attribute {attribute} is defined.")


class AttributeRefused(DomainError):
    """Fields: attribute, problem."""

    code = "attribute_refused"
    status = 422
    title = Text(zh="属性值不合要求", en="Attribute value refused")
    detail = Text(zh="属性 {attribute}：{problem}。", en="Attribute {attribute}: {problem}.")


class AttributeTypeFixed(DomainError):
    """A defined attribute keeps its type, because values of it are stored. Field: attribute."""

    code = "attribute_type_fixed"
    status = 409
    title = Text(zh="属性类型不可更改", en="Attribute type is fixed")
    detail = Text(zh="属性 {attribute} 已用另一类型定义。", en="Attribute {attribute} is defined with another type.")
