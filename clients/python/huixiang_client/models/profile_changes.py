from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.profile_changes_contact_item import ProfileChangesContactItem
from ..models.profile_changes_delivery_type_0 import ProfileChangesDeliveryType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.address import Address


T = TypeVar("T", bound="ProfileChanges")


@_attrs_define
class ProfileChanges:
    """Fields to set; null, or an empty list, removes one; what is not named stays.

    Attributes:
        name (None | str | Unset):
        birthday (datetime.date | None | Unset):
        address (Address | None | Unset):
        favourite_categories (list[str] | Unset):
        household (int | None | Unset):
        delivery (None | ProfileChangesDeliveryType0 | Unset):
        contact (list[ProfileChangesContactItem] | Unset):
    """

    name: None | str | Unset = UNSET
    birthday: datetime.date | None | Unset = UNSET
    address: Address | None | Unset = UNSET
    favourite_categories: list[str] | Unset = UNSET
    household: int | None | Unset = UNSET
    delivery: None | ProfileChangesDeliveryType0 | Unset = UNSET
    contact: list[ProfileChangesContactItem] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.address import Address

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        birthday: None | str | Unset
        if isinstance(self.birthday, Unset):
            birthday = UNSET
        elif isinstance(self.birthday, datetime.date):
            birthday = self.birthday.isoformat()
        else:
            birthday = self.birthday

        address: dict[str, Any] | None | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        elif isinstance(self.address, Address):
            address = self.address.to_dict()
        else:
            address = self.address

        favourite_categories: list[str] | Unset = UNSET
        if not isinstance(self.favourite_categories, Unset):
            favourite_categories = self.favourite_categories

        household: int | None | Unset
        if isinstance(self.household, Unset):
            household = UNSET
        else:
            household = self.household

        delivery: None | str | Unset
        if isinstance(self.delivery, Unset):
            delivery = UNSET
        elif isinstance(self.delivery, ProfileChangesDeliveryType0):
            delivery = self.delivery.value
        else:
            delivery = self.delivery

        contact: list[str] | Unset = UNSET
        if not isinstance(self.contact, Unset):
            contact = []
            for contact_item_data in self.contact:
                contact_item = contact_item_data.value
                contact.append(contact_item)

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if birthday is not UNSET:
            field_dict["birthday"] = birthday
        if address is not UNSET:
            field_dict["address"] = address
        if favourite_categories is not UNSET:
            field_dict["favourite_categories"] = favourite_categories
        if household is not UNSET:
            field_dict["household"] = household
        if delivery is not UNSET:
            field_dict["delivery"] = delivery
        if contact is not UNSET:
            field_dict["contact"] = contact

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.address import Address

        d = dict(src_dict)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_birthday(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                birthday_type_0 = datetime.date.fromisoformat(data)

                return birthday_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        birthday = _parse_birthday(d.pop("birthday", UNSET))

        def _parse_address(data: object) -> Address | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                address_type_0 = Address.from_dict(data)

                return address_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Address | None | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        favourite_categories = cast(list[str], d.pop("favourite_categories", UNSET))

        def _parse_household(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        household = _parse_household(d.pop("household", UNSET))

        def _parse_delivery(data: object) -> None | ProfileChangesDeliveryType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                delivery_type_0 = ProfileChangesDeliveryType0(data)

                return delivery_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProfileChangesDeliveryType0 | Unset, data)

        delivery = _parse_delivery(d.pop("delivery", UNSET))

        _contact = d.pop("contact", UNSET)
        contact: list[ProfileChangesContactItem] | Unset = UNSET
        if _contact is not UNSET:
            contact = []
            for contact_item_data in _contact:
                contact_item = ProfileChangesContactItem(contact_item_data)

                contact.append(contact_item)

        profile_changes = cls(
            name=name,
            birthday=birthday,
            address=address,
            favourite_categories=favourite_categories,
            household=household,
            delivery=delivery,
            contact=contact,
        )

        return profile_changes
