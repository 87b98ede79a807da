from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="FulfilledLine")


@_attrs_define
class FulfilledLine:
    """What is left of a line, and what the last step gave back of it.

        quantity: what is charged for, and can come back. payable_fen: its share of what is charged for the goods, not
    below
        zero, of which `points` pay `points_fen`. back_fen: what it gave back is worth, in points_back and
    cash_back_fen;
        below zero where it is charged for more. Under *keep* and *reckon* it may be more than was paid for the line:
    the
        shares of the others are so much lower.

        Attributes:
            line_id (str):
            quantity (int):
            payable_fen (int):
            points (int):
            points_fen (int):
            back_fen (int):
            points_back (int):
            cash_back_fen (int):
    """

    line_id: str
    quantity: int
    payable_fen: int
    points: int
    points_fen: int
    back_fen: int
    points_back: int
    cash_back_fen: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line_id = self.line_id

        quantity = self.quantity

        payable_fen = self.payable_fen

        points = self.points

        points_fen = self.points_fen

        back_fen = self.back_fen

        points_back = self.points_back

        cash_back_fen = self.cash_back_fen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line_id": line_id,
                "quantity": quantity,
                "payable_fen": payable_fen,
                "points": points,
                "points_fen": points_fen,
                "back_fen": back_fen,
                "points_back": points_back,
                "cash_back_fen": cash_back_fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        line_id = d.pop("line_id")

        quantity = d.pop("quantity")

        payable_fen = d.pop("payable_fen")

        points = d.pop("points")

        points_fen = d.pop("points_fen")

        back_fen = d.pop("back_fen")

        points_back = d.pop("points_back")

        cash_back_fen = d.pop("cash_back_fen")

        fulfilled_line = cls(
            line_id=line_id,
            quantity=quantity,
            payable_fen=payable_fen,
            points=points,
            points_fen=points_fen,
            back_fen=back_fen,
            points_back=points_back,
            cash_back_fen=cash_back_fen,
        )

        fulfilled_line.additional_properties = d
        return fulfilled_line

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
