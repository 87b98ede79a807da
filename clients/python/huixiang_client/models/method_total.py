from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MethodTotal")


@_attrs_define
class MethodTotal:
    """The payable with one payment method.

    Attributes:
        payment_method (str):
        payable_fen (int):
        proven (bool):
    """

    payment_method: str
    payable_fen: int
    proven: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        payment_method = self.payment_method

        payable_fen = self.payable_fen

        proven = self.proven

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "payment_method": payment_method,
                "payable_fen": payable_fen,
                "proven": proven,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        payment_method = d.pop("payment_method")

        payable_fen = d.pop("payable_fen")

        proven = d.pop("proven")

        method_total = cls(
            payment_method=payment_method,
            payable_fen=payable_fen,
            proven=proven,
        )

        method_total.additional_properties = d
        return method_total

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
