"""Changes of a member's personal data that staff ask for and another person approves."""

from __future__ import annotations

from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model import Address, Name, Phone
from huixiang.members.model.states import Reason


class NewPersonalChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Fields to correct, and why; null removes one; what is not named stays. phone takes the place of the one that the
    member has."""

    reason: Reason
    name: Name | UnsetType | None = UNSET
    birthday: date | UnsetType | None = UNSET
    address: Address | UnsetType | None = UNSET
    phone: Phone | UnsetType = UNSET

    def __post_init__(self) -> None:
        if all(field is UNSET for field in (self.name, self.birthday, self.address, self.phone)):
            raise ValueError("give at least one field")


class PersonalDataMoved(DomainError):
    """What was to be corrected has changed since it was asked for; `problems` say which fields."""

    code = "personal_data_moved"
    status = 409
    title = Text(zh="资料已变化", en="Personal data has changed")
    detail = Text(
        zh="申请之后会员资料已变化，请重新申请。", en="The data has changed since this was asked for; ask anew."
    )


class PersonalDataAlike(DomainError):
    """What is asked for stands there already."""

    code = "personal_data_alike"
    status = 409
    title = Text(zh="资料没有变化", en="Nothing to change")
    detail = Text(zh="资料已是所填内容。", en="The data is so already.")


class PhonesMany(DomainError):
    """The member has several phones: which one is meant has to be unlinked by its system."""

    code = "member_phones_many"
    status = 409
    title = Text(zh="会员有多个手机号", en="Several phones")
    detail = Text(zh="会员有多个手机号，请先解除其中一个。", en="The member has several phones: unlink one first.")
