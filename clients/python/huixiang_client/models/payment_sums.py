from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PaymentSums")


@_attrs_define
class PaymentSums:
    """Of a day: how many, and over how much.

    Attributes:
        charges (int):
        charge_fen (int):
        give_backs (int):
        give_back_fen (int):
    """

    charges: int
    charge_fen: int
    give_backs: int
    give_back_fen: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        charges = self.charges

        charge_fen = self.charge_fen

        give_backs = self.give_backs

        give_back_fen = self.give_back_fen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "charges": charges,
                "charge_fen": charge_fen,
                "give_backs": give_backs,
                "give_back_fen": give_back_fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        charges = d.pop("charges")

        charge_fen = d.pop("charge_fen")

        give_backs = d.pop("give_backs")

        give_back_fen = d.pop("give_back_fen")

        payment_sums = cls(
            charges=charges,
            charge_fen=charge_fen,
            give_backs=give_backs,
            give_back_fen=give_back_fen,
        )

        payment_sums.additional_properties = d
        return payment_sums

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
