from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.address import Address
    from ..models.external_id import ExternalId
    from ..models.new_member_attributes import NewMemberAttributes
    from ..models.origin import Origin


T = TypeVar("T", bound="NewMember")


@_attrs_define
class NewMember:
    """A registration. At least one of `phone` and `external_ids` is given. `registered_at` is for members who
        registered elsewhere before; without it the registration is now. `origin`: what brought them, beside the
    channel.

        Attributes:
            channel (str): Where a member came from.
            phone (None | str | Unset):
            external_ids (list[ExternalId] | Unset):
            name (None | str | Unset):
            birthday (datetime.date | None | Unset):
            address (Address | None | Unset):
            registered_at (None | str | Unset):
            attributes (NewMemberAttributes | Unset):
            origin (None | Origin | Unset):
    """

    channel: str
    phone: None | str | Unset = UNSET
    external_ids: list[ExternalId] | Unset = UNSET
    name: None | str | Unset = UNSET
    birthday: datetime.date | None | Unset = UNSET
    address: Address | None | Unset = UNSET
    registered_at: None | str | Unset = UNSET
    attributes: NewMemberAttributes | Unset = UNSET
    origin: None | Origin | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.address import Address
        from ..models.origin import Origin

        channel = self.channel

        phone: None | str | Unset
        if isinstance(self.phone, Unset):
            phone = UNSET
        else:
            phone = self.phone

        external_ids: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.external_ids, Unset):
            external_ids = []
            for external_ids_item_data in self.external_ids:
                external_ids_item = external_ids_item_data.to_dict()
                external_ids.append(external_ids_item)

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

        registered_at: None | str | Unset
        if isinstance(self.registered_at, Unset):
            registered_at = UNSET
        else:
            registered_at = self.registered_at

        attributes: dict[str, Any] | Unset = UNSET
        if not isinstance(self.attributes, Unset):
            attributes = self.attributes.to_dict()

        origin: dict[str, Any] | None | Unset
        if isinstance(self.origin, Unset):
            origin = UNSET
        elif isinstance(self.origin, Origin):
            origin = self.origin.to_dict()
        else:
            origin = self.origin

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "channel": channel,
            }
        )
        if phone is not UNSET:
            field_dict["phone"] = phone
        if external_ids is not UNSET:
            field_dict["external_ids"] = external_ids
        if name is not UNSET:
            field_dict["name"] = name
        if birthday is not UNSET:
            field_dict["birthday"] = birthday
        if address is not UNSET:
            field_dict["address"] = address
        if registered_at is not UNSET:
            field_dict["registered_at"] = registered_at
        if attributes is not UNSET:
            field_dict["attributes"] = attributes
        if origin is not UNSET:
            field_dict["origin"] = origin

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.address import Address
        from ..models.external_id import ExternalId
        from ..models.new_member_attributes import NewMemberAttributes
        from ..models.origin import Origin

        d = dict(src_dict)
        channel = d.pop("channel")

        def _parse_phone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        phone = _parse_phone(d.pop("phone", UNSET))

        _external_ids = d.pop("external_ids", UNSET)
        external_ids: list[ExternalId] | Unset = UNSET
        if _external_ids is not UNSET:
            external_ids = []
            for external_ids_item_data in _external_ids:
                external_ids_item = ExternalId.from_dict(external_ids_item_data)

                external_ids.append(external_ids_item)

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

        def _parse_registered_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        registered_at = _parse_registered_at(d.pop("registered_at", UNSET))

        _attributes = d.pop("attributes", UNSET)
        attributes: NewMemberAttributes | Unset
        if isinstance(_attributes, Unset):
            attributes = UNSET
        else:
            attributes = NewMemberAttributes.from_dict(_attributes)

        def _parse_origin(data: object) -> None | Origin | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                origin_type_0 = Origin.from_dict(data)

                return origin_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Origin | Unset, data)

        origin = _parse_origin(d.pop("origin", UNSET))

        new_member = cls(
            channel=channel,
            phone=phone,
            external_ids=external_ids,
            name=name,
            birthday=birthday,
            address=address,
            registered_at=registered_at,
            attributes=attributes,
            origin=origin,
        )

        return new_member
