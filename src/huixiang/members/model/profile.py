"""What members say of themselves, and how much of it is known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from huixiang.members.model import Address, Name

Category = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$(?!\n)", description="A category's code.")]
Categories = Annotated[tuple[Category, ...], Meta(max_length=20)]
Household = Annotated[int, Meta(ge=1, le=20, description="how many live there")]
Delivery = Literal["morning", "afternoon", "evening", "weekend", "pick_up"]
Contact = Literal["phone", "sms", "wechat", "push", "email", "none"]
Contacts = Annotated[tuple[Contact, ...], Meta(max_length=6)]
Field = Literal["name", "birthday", "address", "favourite_categories", "household", "delivery", "contact"]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A member's own profile, in full. complete_percent: of the fields, those that are known, rounded down; missing:
    the others, attributes that operators count in as `custom.` with their code. completed_at: when all were known for
    the first time."""

    name: str | None
    birthday: date | None
    address: Address | None
    favourite_categories: tuple[str, ...]
    household: int | None
    delivery: Delivery | None
    contact: tuple[Contact, ...]
    complete_percent: int
    missing: tuple[str, ...]
    completed_at: datetime | None


class Completion(msgspec.Struct, frozen=True):
    """What another system is told of a profile: how much of it is known, and not what."""

    complete_percent: int
    missing: tuple[str, ...]
    completed_at: datetime | None


class ShownProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What staff are shown of a profile: what identifies nobody, and how much is known."""

    favourite_categories: tuple[str, ...]
    household: int | None
    delivery: Delivery | None
    contact: tuple[Contact, ...]
    complete_percent: int
    missing: tuple[str, ...]
    completed_at: datetime | None


class ProfileChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Fields to set; null, or an empty list, removes one; what is not named stays."""

    name: Name | UnsetType | None = UNSET
    birthday: date | UnsetType | None = UNSET
    address: Address | UnsetType | None = UNSET
    favourite_categories: Categories | UnsetType = UNSET
    household: Household | UnsetType | None = UNSET
    delivery: Delivery | UnsetType | None = UNSET
    contact: Contacts | UnsetType = UNSET

    def __post_init__(self) -> None:
        if not any(value is not UNSET for value in msgspec.structs.astuple(self)):
            raise ValueError("give at least one field")
        if isinstance(self.contact, tuple) and "none" in self.contact and len(self.contact) > 1:
            raise ValueError("none stands alone in contact")


class StoredPreferences(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that identify nobody."""

    favourite_categories: tuple[str, ...] = ()
    household: int | None = None
    delivery: Delivery | None = None
    contact: tuple[Contact, ...] = ()
    completed_at: datetime | None = None
