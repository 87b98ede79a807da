from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.measure import Measure

T = TypeVar("T", bound="GrantedLine")


@_attrs_define
class GrantedLine:
    """A line as it was placed, or the goods that took the place of some.

        quantity: ordered, of goods by weight the estimate. payable_fen: after all discounts, before points, of which
        `points` pay `points_fen`. unit_fen, group_fen, order_fen, coupon_fen: what rules of these layers took off
    list_fen.
        replaces: the line whose goods were missing; the quote does not know this one.

        Attributes:
            line_id (str):
            sku (str):
            measure (Measure): What a line's quantity counts. An amount is a value without units: fuel, a service, a
                deposit.
            quantity (int):
            list_fen (int):
            unit_fen (int):
            group_fen (int):
            order_fen (int):
            coupon_fen (int):
            points (int):
            points_fen (int):
            replaces (None | str):
    """

    line_id: str
    sku: str
    measure: Measure
    quantity: int
    list_fen: int
    unit_fen: int
    group_fen: int
    order_fen: int
    coupon_fen: int
    points: int
    points_fen: int
    replaces: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line_id = self.line_id

        sku = self.sku

        measure = self.measure.value

        quantity = self.quantity

        list_fen = self.list_fen

        unit_fen = self.unit_fen

        group_fen = self.group_fen

        order_fen = self.order_fen

        coupon_fen = self.coupon_fen

        points = self.points

        points_fen = self.points_fen

        replaces: None | str
        replaces = self.replaces

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line_id": line_id,
                "sku": sku,
                "measure": measure,
                "quantity": quantity,
                "list_fen": list_fen,
                "unit_fen": unit_fen,
                "group_fen": group_fen,
                "order_fen": order_fen,
                "coupon_fen": coupon_fen,
                "points": points,
                "points_fen": points_fen,
                "replaces": replaces,
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

        list_fen = d.pop("list_fen")

        unit_fen = d.pop("unit_fen")

        group_fen = d.pop("group_fen")

        order_fen = d.pop("order_fen")

        coupon_fen = d.pop("coupon_fen")

        points = d.pop("points")

        points_fen = d.pop("points_fen")

        def _parse_replaces(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        replaces = _parse_replaces(d.pop("replaces"))

        granted_line = cls(
            line_id=line_id,
            sku=sku,
            measure=measure,
            quantity=quantity,
            list_fen=list_fen,
            unit_fen=unit_fen,
            group_fen=group_fen,
            order_fen=order_fen,
            coupon_fen=coupon_fen,
            points=points,
            points_fen=points_fen,
            replaces=replaces,
        )

        granted_line.additional_properties = d
        return granted_line

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
