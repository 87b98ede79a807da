from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PricingDelivery")


@_attrs_define
class PricingDelivery:
    """fee_fen: by distance and slot, before any rule.

    Attributes:
        fee_fen (int): Money in fen (0.01 yuan), not negative.
    """

    fee_fen: int

    def to_dict(self) -> dict[str, Any]:
        fee_fen = self.fee_fen

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "fee_fen": fee_fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        fee_fen = d.pop("fee_fen")

        pricing_delivery = cls(
            fee_fen=fee_fen,
        )

        return pricing_delivery
