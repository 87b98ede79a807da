"""Signing in: codes sent to phones, devices, tokens, and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model import ExternalId, Phone
from huixiang.members.model.arrivals import Arrival

Challenge = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{22}$(?!\n)", description="What was answered when the code was asked for.")
]
Ticket = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{32,1024}$(?!\n)", description="Who a provider says it is.")]
DeviceKind = Literal["app", "mini_program", "h5"]
Method = Literal["phone_code", "wechat", "alipay", "passkey"]
EndCause = Literal["signed_out", "reused", "crowded_out", "state"]
PaceKind = Literal["asked_phone", "asked_address", "failed_address", "tail", "guessed_member", "guessed_address"]


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member signs in with. `name` is shown to them in the list of their devices. `installation`: what tells it
    from other devices, as the app or page made it up once and keeps it; only a keyed hash of it is kept."""

    kind: DeviceKind
    name: Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,64}$(?!\n)")] | None = None
    installation: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]{8,128}$(?!\n)")] | None = None


class WaysIn(msgspec.Struct, frozen=True):
    """By what a page may offer to sign in. A code to a phone always does."""

    providers: list[Literal["wechat", "alipay"]]
    passkeys: bool


class CodeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To which phone a code is sent."""

    phone: Phone


class CodeAsked(msgspec.Struct, frozen=True):
    """A code is on its way, whether or not the phone is a member's. `next_at`: when another may be asked for."""

    challenge: Challenge
    expires_at: datetime
    next_at: datetime


class FreshCodeAsked(msgspec.Struct, frozen=True):
    """A code is on its way to the member's own phone, `sent_to`, masked."""

    challenge: Challenge
    expires_at: datetime
    next_at: datetime
    sent_to: str


class FreshCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The code that was sent to the member's own phone, with the challenge that it was asked under."""

    challenge: Challenge
    code: Annotated[str, Meta(pattern=r"^[0-9]{6}$(?!\n)")]


class Fresh(msgspec.Struct, frozen=True):
    """Until when this device may do what asks for a fresh sign-in."""

    until: datetime


class CodeProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The code that was sent, with the phone and the challenge that it was asked under. `ticket`: of a provider, whose
    account shall name the same member from now on."""

    challenge: Challenge
    phone: Phone
    code: Annotated[str, Meta(pattern=r"^[0-9]{6}$(?!\n)")]
    device: Device
    ticket: Ticket | None = None
    arrival: Arrival | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A code as it was tried. challenge: its bytes. phone: E.164. key: the blind index of the phone. address: of who
    tries, as a key. identities: what else shall name the member from now
    on."""

    challenge: bytes
    code_hash: bytes
    phone: str
    address: str
    device: Device
    method: Method = "phone_code"
    identities: tuple[ExternalId, ...] = ()
    arrival: Arrival | None = None


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """`access_token` goes into `Authorization: Bearer`; `refresh_token` gets the next pair, once."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


class SignedIn(Tokens, frozen=True, kw_only=True):
    """Somebody is signed in. registered: whether that made them a member."""

    member_id: UUID
    device_id: UUID
    registered: bool


class SignedInDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is signed in. `seen_at`: when it last came for a token, so to a quarter of an hour. current: the
    one that asks."""

    device_id: UUID
    kind: DeviceKind
    name: str | None
    method: Method
    signed_in_at: datetime
    seen_at: datetime
    current: bool


class Pacing(msgspec.Struct, frozen=True):
    """So many times freely, then after a wait that doubles from `first` to `longest`. All is forgotten after
    `forgotten_after` of quiet."""

    freely: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta


class Pace(msgspec.Struct, frozen=True):
    """How often something was done, when last, and when it may be done again."""

    counted: int
    last_at: datetime
    free_at: datetime


class StoredCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code sent to a phone, as it is kept. guesses: wrong ones."""

    code_hash: bytes
    expires_at: datetime
    guesses: int
    used_at: datetime | None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A device's session as it is kept. name: sealed. proven_at: when the member last showed anew who they are.
    generation: of the refresh token that is good now, made at
    `rotated_at` and good until `expires_at`."""

    member_id: UUID
    session_id: UUID
    device: DeviceKind
    name: bytes | None
    method: Method
    seed: bytes
    generation: int
    created_at: datetime
    rotated_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    end_cause: EndCause | None = None
    proven_at: datetime | None = None


class Rotation(StrEnum):
    """What a refresh token that was shown does."""

    ROTATES = "rotates"
    REPEATS = "repeats"  # the one before, moments after: the answer got lost
    REUSED = "reused"  # one that was used up: somebody else has it
    REFUSED = "refused"


class SignInTooOften(DomainError):
    """Field: retry_after_s."""

    code = "sign_in_too_often"
    status = 429
    title = Text(zh="操作过于频繁", en="Too often")
    detail = Text(zh="操作过于频繁，请在 {retry_after_s} 秒后重试。", en="Too often; try again in {retry_after_s} s.")


class FreshSignInRequired(DomainError):
    """Field: within_s. Sign in, or show anew who you are: by a code to your own phone, or by a passkey."""

    code = "fresh_sign_in_required"
    status = 403
    title = Text(zh="需要重新验证身份", en="Fresh sign-in required")
    detail = Text(
        zh="为了账户安全，此操作要求 {within_s} 秒内验证过身份。",
        en="This asks for a sign-in, or another proof of who you are, within the last {within_s} s.",
    )


class LastWayIn(DomainError):
    """Without it nobody could sign in as this member any more."""

    code = "last_way_in"
    status = 409
    title = Text(zh="这是唯一的登录方式", en="The last way to sign in")
    detail = Text(
        zh="这是唯一的登录方式，请先绑定手机、微信或支付宝。",
        en="This is the only way to sign in: first add a phone, WeChat or Alipay.",
    )


class SignInCodeRefused(DomainError):
    """Field: reason: `wrong` (another code, phone or challenge), `expired`, `used`, `guessed` (too many wrong
    guesses: this code is void)."""

    code = "sign_in_code_refused"
    status = 403
    title = Text(zh="验证码无效", en="Code refused")
    detail = Text(zh="验证码无效（{reason}）。", en="The code does not hold ({reason}).")
