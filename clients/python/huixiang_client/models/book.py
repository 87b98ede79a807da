from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Book")


@_attrs_define
class Book:
    """A kind of balance. Numbers are stored, codes are what callers say.

    A book without lots is only added up over a window of time; it is never spent, so it needs no parcels.

    Attributes:
        number (int):
        code (str):
        has_lots (bool):
    """

    number: int
    code: str
    has_lots: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        code = self.code

        has_lots = self.has_lots

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "code": code,
                "has_lots": has_lots,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        number = d.pop("number")

        code = d.pop("code")

        has_lots = d.pop("has_lots")

        book = cls(
            number=number,
            code=code,
            has_lots=has_lots,
        )

        book.additional_properties = d
        return book

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
