from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

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
        price_fen (int): Money in fen (0.01 yuan), not negative.
    """

    line_id: str
    sku: str
    measure: Measure
    quantity: int
    price_fen: int

    def to_dict(self) -> dict[str, Any]:
        line_id = self.line_id

        sku = self.sku

        measure = self.measure.value

        quantity = self.quantity

        price_fen = self.price_fen

        field_dict: dict[str, Any] = {}

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

        return substitute
