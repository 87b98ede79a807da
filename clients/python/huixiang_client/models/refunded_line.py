from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="RefundedLine")


@_attrs_define
class RefundedLine:
    """
    Attributes:
        line_id (str):
        quantity (int):
        refund_fen (int):
        points (int):
        growth (int):
    """

    line_id: str
    quantity: int
    refund_fen: int
    points: int
    growth: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line_id = self.line_id

        quantity = self.quantity

        refund_fen = self.refund_fen

        points = self.points

        growth = self.growth

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line_id": line_id,
                "quantity": quantity,
                "refund_fen": refund_fen,
                "points": points,
                "growth": growth,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        line_id = d.pop("line_id")

        quantity = d.pop("quantity")

        refund_fen = d.pop("refund_fen")

        points = d.pop("points")

        growth = d.pop("growth")

        refunded_line = cls(
            line_id=line_id,
            quantity=quantity,
            refund_fen=refund_fen,
            points=points,
            growth=growth,
        )

        refunded_line.additional_properties = d
        return refunded_line

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
