from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.pricing_adjustment_layer import PricingAdjustmentLayer

T = TypeVar("T", bound="PricingAdjustment")


@_attrs_define
class PricingAdjustment:
    """What one rule took off one line: list_fen less all adjustments is payable_fen.

    Attributes:
        rule (str):
        layer (PricingAdjustmentLayer):
        amount_fen (int):
        coupon_id (None | str):
    """

    rule: str
    layer: PricingAdjustmentLayer
    amount_fen: int
    coupon_id: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        rule = self.rule

        layer = self.layer.value

        amount_fen = self.amount_fen

        coupon_id: None | str
        coupon_id = self.coupon_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rule": rule,
                "layer": layer,
                "amount_fen": amount_fen,
                "coupon_id": coupon_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        rule = d.pop("rule")

        layer = PricingAdjustmentLayer(d.pop("layer"))

        amount_fen = d.pop("amount_fen")

        def _parse_coupon_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        coupon_id = _parse_coupon_id(d.pop("coupon_id"))

        pricing_adjustment = cls(
            rule=rule,
            layer=layer,
            amount_fen=amount_fen,
            coupon_id=coupon_id,
        )

        pricing_adjustment.additional_properties = d
        return pricing_adjustment

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
