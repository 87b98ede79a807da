from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Portion")


@_attrs_define
class Portion:
    """A part of a line that was priced alike: `quantity` pieces (or all grams) under unit rules (the price first, then
    what is on top of it) and at most one group rule or add-on.

    Attributes:
        quantity (int):
        list_fen (int):
        unit_fen (int):
        group_fen (int):
        unit (list[str]):
        group (None | str):
    """

    quantity: int
    list_fen: int
    unit_fen: int
    group_fen: int
    unit: list[str]
    group: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        quantity = self.quantity

        list_fen = self.list_fen

        unit_fen = self.unit_fen

        group_fen = self.group_fen

        unit = self.unit

        group: None | str
        group = self.group

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "quantity": quantity,
                "list_fen": list_fen,
                "unit_fen": unit_fen,
                "group_fen": group_fen,
                "unit": unit,
                "group": group,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        quantity = d.pop("quantity")

        list_fen = d.pop("list_fen")

        unit_fen = d.pop("unit_fen")

        group_fen = d.pop("group_fen")

        unit = cast(list[str], d.pop("unit"))

        def _parse_group(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        group = _parse_group(d.pop("group"))

        portion = cls(
            quantity=quantity,
            list_fen=list_fen,
            unit_fen=unit_fen,
            group_fen=group_fen,
            unit=unit,
            group=group,
        )

        portion.additional_properties = d
        return portion

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
