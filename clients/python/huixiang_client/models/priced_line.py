from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.portion import Portion
    from ..models.pricing_adjustment import PricingAdjustment


T = TypeVar("T", bound="PricedLine")


@_attrs_define
class PricedLine:
    """portions: of the merged line, where it was cut into several; lines of one sku that were merged each show them.

    Attributes:
        line_id (str):
        sku (str):
        quantity (int):
        list_fen (int):
        payable_fen (int):
        adjustments (list[PricingAdjustment]):
        portions (list[Portion]):
    """

    line_id: str
    sku: str
    quantity: int
    list_fen: int
    payable_fen: int
    adjustments: list[PricingAdjustment]
    portions: list[Portion]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line_id = self.line_id

        sku = self.sku

        quantity = self.quantity

        list_fen = self.list_fen

        payable_fen = self.payable_fen

        adjustments = []
        for adjustments_item_data in self.adjustments:
            adjustments_item = adjustments_item_data.to_dict()
            adjustments.append(adjustments_item)

        portions = []
        for portions_item_data in self.portions:
            portions_item = portions_item_data.to_dict()
            portions.append(portions_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line_id": line_id,
                "sku": sku,
                "quantity": quantity,
                "list_fen": list_fen,
                "payable_fen": payable_fen,
                "adjustments": adjustments,
                "portions": portions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.portion import Portion
        from ..models.pricing_adjustment import PricingAdjustment

        d = dict(src_dict)
        line_id = d.pop("line_id")

        sku = d.pop("sku")

        quantity = d.pop("quantity")

        list_fen = d.pop("list_fen")

        payable_fen = d.pop("payable_fen")

        adjustments = []
        _adjustments = d.pop("adjustments")
        for adjustments_item_data in _adjustments:
            adjustments_item = PricingAdjustment.from_dict(adjustments_item_data)

            adjustments.append(adjustments_item)

        portions = []
        _portions = d.pop("portions")
        for portions_item_data in _portions:
            portions_item = Portion.from_dict(portions_item_data)

            portions.append(portions_item)

        priced_line = cls(
            line_id=line_id,
            sku=sku,
            quantity=quantity,
            list_fen=list_fen,
            payable_fen=payable_fen,
            adjustments=adjustments,
            portions=portions,
        )

        priced_line.additional_properties = d
        return priced_line

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
