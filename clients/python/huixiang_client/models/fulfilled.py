from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.fulfilled_line import FulfilledLine
    from ..models.granted_line import GrantedLine


T = TypeVar("T", bound="Fulfilled")


@_attrs_define
class Fulfilled:
    """An order as it stands, and what the last step (picking, or one refund) gave back. Sums of the lines are exact.

    Attributes:
        lines (list[FulfilledLine]):
        substitutes (list[GrantedLine]):
        delivery_fen (int):
        packaging_fen (int):
    """

    lines: list[FulfilledLine]
    substitutes: list[GrantedLine]
    delivery_fen: int
    packaging_fen: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        substitutes = []
        for substitutes_item_data in self.substitutes:
            substitutes_item = substitutes_item_data.to_dict()
            substitutes.append(substitutes_item)

        delivery_fen = self.delivery_fen

        packaging_fen = self.packaging_fen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lines": lines,
                "substitutes": substitutes,
                "delivery_fen": delivery_fen,
                "packaging_fen": packaging_fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.fulfilled_line import FulfilledLine
        from ..models.granted_line import GrantedLine

        d = dict(src_dict)
        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = FulfilledLine.from_dict(lines_item_data)

            lines.append(lines_item)

        substitutes = []
        _substitutes = d.pop("substitutes")
        for substitutes_item_data in _substitutes:
            substitutes_item = GrantedLine.from_dict(substitutes_item_data)

            substitutes.append(substitutes_item)

        delivery_fen = d.pop("delivery_fen")

        packaging_fen = d.pop("packaging_fen")

        fulfilled = cls(
            lines=lines,
            substitutes=substitutes,
            delivery_fen=delivery_fen,
            packaging_fen=packaging_fen,
        )

        fulfilled.additional_properties = d
        return fulfilled

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
