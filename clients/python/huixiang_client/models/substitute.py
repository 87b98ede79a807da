from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.measure import Measure

T = TypeVar("T", bound="Substitute")


@_attrs_define
class Substitute:
    """Goods in place of what is missing of a line, as a line of their own. price_fen: for all of them, by the unit
    layer as if they had been ordered then.

    Attributes:
        line_id (str):
        sku (str):
        measure (Measure): What a line's quantity counts. An amount is a value without units: fuel, a service, a
            deposit.
        quantity (int):
        price_fen (int):
    """

    line_id: str
    sku: str
    measure: Measure
    quantity: int
    price_fen: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line_id = self.line_id

        sku = self.sku

        measure = self.measure.value

        quantity = self.quantity

        price_fen = self.price_fen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line_id": line_id,
                "sku": sku,
                "measure": measure,
                "quantity": quantity,
                "price_fen": price_fen,
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

        price_fen = d.pop("price_fen")

        substitute = cls(
            line_id=line_id,
            sku=sku,
            measure=measure,
            quantity=quantity,
            price_fen=price_fen,
        )

        substitute.additional_properties = d
        return substitute

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
