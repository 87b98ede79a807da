from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.fulfilled_not_reckoned_type_0 import FulfilledNotReckonedType0

if TYPE_CHECKING:
    from ..models.fulfilled_line import FulfilledLine
    from ..models.granted_line import GrantedLine


T = TypeVar("T", bound="Fulfilled")


@_attrs_define
class Fulfilled:
    """An order as it stands, and what the last step (picking, or one refund) gave back. Sums of the lines are exact.
    not_reckoned: why it goes line by line from some step on, where the rules say *reckon*.

    Attributes:
        lines (list[FulfilledLine]):
        substitutes (list[GrantedLine]):
        delivery_fen (int):
        packaging_fen (int):
        not_reckoned (FulfilledNotReckonedType0 | None):
    """

    lines: list[FulfilledLine]
    substitutes: list[GrantedLine]
    delivery_fen: int
    packaging_fen: int
    not_reckoned: FulfilledNotReckonedType0 | None
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

        not_reckoned: None | str
        if isinstance(self.not_reckoned, FulfilledNotReckonedType0):
            not_reckoned = self.not_reckoned.value
        else:
            not_reckoned = self.not_reckoned

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lines": lines,
                "substitutes": substitutes,
                "delivery_fen": delivery_fen,
                "packaging_fen": packaging_fen,
                "not_reckoned": not_reckoned,
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

        def _parse_not_reckoned(data: object) -> FulfilledNotReckonedType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                not_reckoned_type_0 = FulfilledNotReckonedType0(data)

                return not_reckoned_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FulfilledNotReckonedType0 | None, data)

        not_reckoned = _parse_not_reckoned(d.pop("not_reckoned"))

        fulfilled = cls(
            lines=lines,
            substitutes=substitutes,
            delivery_fen=delivery_fen,
            packaging_fen=packaging_fen,
            not_reckoned=not_reckoned,
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
