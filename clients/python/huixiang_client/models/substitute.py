from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.measure import Measure
from ..types import UNSET, Unset

T = TypeVar("T", bound="Substitute")


@_attrs_define
class Substitute:
    """Goods in place of what is missing of a line, as a line of their own. price_fen: for all of them; left out, what
    they would have cost by the unit layer if they had been ordered then, which is also the most that counts.

    Attributes:
        line_id (str):
        sku (str):
        measure (Measure): What a line's quantity counts. An amount is a value without units: fuel, a service, a
            deposit.
        quantity (int):
        price_fen (int | None | Unset):
    """

    line_id: str
    sku: str
    measure: Measure
    quantity: int
    price_fen: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        line_id = self.line_id

        sku = self.sku

        measure = self.measure.value

        quantity = self.quantity

        price_fen: int | None | Unset
        if isinstance(self.price_fen, Unset):
            price_fen = UNSET
        else:
            price_fen = self.price_fen

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "line_id": line_id,
                "sku": sku,
                "measure": measure,
                "quantity": quantity,
            }
        )
        if price_fen is not UNSET:
            field_dict["price_fen"] = price_fen

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        line_id = d.pop("line_id")

        sku = d.pop("sku")

        measure = Measure(d.pop("measure"))

        quantity = d.pop("quantity")

        def _parse_price_fen(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        price_fen = _parse_price_fen(d.pop("price_fen", UNSET))

        substitute = cls(
            line_id=line_id,
            sku=sku,
            measure=measure,
            quantity=quantity,
            price_fen=price_fen,
        )

        return substitute
