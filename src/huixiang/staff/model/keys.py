"""Keys of calling systems."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

OVERLAP_MAX_S = 30 * 24 * 3600
OVERLAP_S = 24 * 3600

KeyName = Annotated[
    str, Meta(min_length=1, max_length=80, description="Which system it is for.", examples=["till of S001"])
]
Scopes = Annotated[
    list[Annotated[str, Meta(pattern=r"^[a-z_]{1,40}:[a-z_]{1,40}$(?!\n)", examples=["orders:write"])]],
    Meta(min_length=1, max_length=64, description="What it may do."),
]
Addresses = Annotated[
    list[Annotated[str, Meta(min_length=2, max_length=50, examples=["203.0.113.0/24"])]],
    Meta(max_length=64, description="Where it is let in from: addresses and networks, IPv4 and IPv6; none: anywhere."),
]
RequestsPerMinute = Annotated[int, Meta(ge=1, le=10_000_000)]
ExpiresAt = Annotated[datetime, Meta(examples=["2027-03-31T00:00:00+08:00"])]


class KeySecret(msgspec.Struct, frozen=True):
    """One secret of a key, without the secret. `ends_at`: until when it is let in, null of the one in use.
    `last_used_at` is right to the hour."""

    secret_no: int
    created_at: datetime
    ends_at: datetime | None = None
    last_used_at: datetime | None = None


class SystemKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a calling system, without its secrets. `addresses`: networks it is let in from, none: anywhere.
    `requests_per_minute`: null: as many as the settings say. `secrets`: the newest first."""

    key_id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    addresses: list[str] = []
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    requests_per_minute: int | None = None
    secrets: list[KeySecret] = []

    @property
    def last_used_at(self) -> datetime | None:
        return max((one.last_used_at for one in self.secrets if one.last_used_at), default=None)


class StoredKey(msgspec.Struct, frozen=True):
    """`hashes`: of the secrets, in the same order."""

    key: SystemKey
    hashes: list[bytes]


class NewKey(msgspec.Struct, frozen=True):
    """A key with its token, which is shown this once and cannot be read again."""

    key: SystemKey
    token: str


class ShownKey(msgspec.Struct, frozen=True):
    """A new key, or one with a new secret, as the console answers it. `token`: null where the answer is a repetition,
    since it is kept nowhere."""

    key: SystemKey
    token: str | None


class KeyTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new key is to be. Without `requests_per_minute` the settings say how many it may make."""

    name: KeyName
    scopes: Scopes
    addresses: Addresses = []
    expires_at: ExpiresAt | None = None
    requests_per_minute: RequestsPerMinute | None = None


class KeyChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be otherwise; what is left out stays."""

    name: KeyName | UnsetType = UNSET
    scopes: Scopes | UnsetType = UNSET
    addresses: Addresses | UnsetType = UNSET
    expires_at: ExpiresAt | UnsetType | None = UNSET
    requests_per_minute: RequestsPerMinute | UnsetType | None = UNSET


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`overlap_s`: for how long the secret before is let in beside the new one."""

    overlap_s: Annotated[int, Meta(ge=0, le=OVERLAP_MAX_S, examples=[OVERLAP_S])] = OVERLAP_S
