from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.measure import Measure

T = TypeVar("T", bound="OrderLine")


@_attrs_define
class OrderLine:
    """
    Attributes:
        line_id (str):
        sku (str):
        measure (Measure): What a line's quantity counts. An amount is a value without units: fuel, a service, a
            deposit.
        quantity (int):
        payable_fen (int):
        paid_fen (int):
        points (int):
        growth (int):
        refunded_quantity (int):
        refunded_fen (int):
        refunded_points (int):
        refunded_growth (int):
    """

    line_id: str
    sku: str
    measure: Measure
    quantity: int
    payable_fen: int
    paid_fen: int
    points: int
    growth: int
    refunded_quantity: int
    refunded_fen: int
    refunded_points: int
    refunded_growth: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line_id = self.line_id

        sku = self.sku

        measure = self.measure.value

        quantity = self.quantity

        payable_fen = self.payable_fen

        paid_fen = self.paid_fen

        points = self.points

        growth = self.growth

        refunded_quantity = self.refunded_quantity

        refunded_fen = self.refunded_fen

        refunded_points = self.refunded_points

        refunded_growth = self.refunded_growth

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line_id": line_id,
                "sku": sku,
                "measure": measure,
                "quantity": quantity,
                "payable_fen": payable_fen,
                "paid_fen": paid_fen,
                "points": points,
                "growth": growth,
                "refunded_quantity": refunded_quantity,
                "refunded_fen": refunded_fen,
                "refunded_points": refunded_points,
                "refunded_growth": refunded_growth,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        line_id = d.pop("line_id")

        sku = d.pop("sku")

        measure = Measure(d.pop("measure"))

        quantity = d.pop("quantity")

        payable_fen = d.pop("payable_fen")

        paid_fen = d.pop("paid_fen")

        points = d.pop("points")

        growth = d.pop("growth")

        refunded_quantity = d.pop("refunded_quantity")

        refunded_fen = d.pop("refunded_fen")

        refunded_points = d.pop("refunded_points")

        refunded_growth = d.pop("refunded_growth")

        order_line = cls(
            line_id=line_id,
            sku=sku,
            measure=measure,
            quantity=quantity,
            payable_fen=payable_fen,
            paid_fen=paid_fen,
            points=points,
            growth=growth,
            refunded_quantity=refunded_quantity,
            refunded_fen=refunded_fen,
            refunded_points=refunded_points,
            refunded_growth=refunded_growth,
        )

        order_line.additional_properties = d
        return order_line

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
