from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Address")


@_attrs_define
class Address:
    """
    Attributes:
        province (str):
        city (str):
        street (str):
        district (None | str | Unset):
        postcode (None | str | Unset):
    """

    province: str
    city: str
    street: str
    district: None | str | Unset = UNSET
    postcode: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        province = self.province

        city = self.city

        street = self.street

        district: None | str | Unset
        if isinstance(self.district, Unset):
            district = UNSET
        else:
            district = self.district

        postcode: None | str | Unset
        if isinstance(self.postcode, Unset):
            postcode = UNSET
        else:
            postcode = self.postcode

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "province": province,
                "city": city,
                "street": street,
            }
        )
        if district is not UNSET:
            field_dict["district"] = district
        if postcode is not UNSET:
            field_dict["postcode"] = postcode

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        province = d.pop("province")

        city = d.pop("city")

        street = d.pop("street")

        def _parse_district(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        district = _parse_district(d.pop("district", UNSET))

        def _parse_postcode(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        postcode = _parse_postcode(d.pop("postcode", UNSET))

        address = cls(
            province=province,
            city=city,
            street=street,
            district=district,
            postcode=postcode,
        )

        return address
