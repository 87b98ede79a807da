from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Sums")


@_attrs_define
class Sums:
    """What an account came to by a posting: balance = available + held + pending.

    Attributes:
        balance (int):
        available (int):
        held (int):
        pending (int):
        debt (int):
    """

    balance: int
    available: int
    held: int
    pending: int
    debt: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        balance = self.balance

        available = self.available

        held = self.held

        pending = self.pending

        debt = self.debt

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "balance": balance,
                "available": available,
                "held": held,
                "pending": pending,
                "debt": debt,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        balance = d.pop("balance")

        available = d.pop("available")

        held = d.pop("held")

        pending = d.pop("pending")

        debt = d.pop("debt")

        sums = cls(
            balance=balance,
            available=available,
            held=held,
            pending=pending,
            debt=debt,
        )

        sums.additional_properties = d
        return sums

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
