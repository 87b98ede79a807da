from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.expiring_points import ExpiringPoints


T = TypeVar("T", bound="Balance")


@_attrs_define
class Balance:
    """What a member has in one book: balance = available + held + pending. Debt is paid by the next credit.

    Attributes:
        book (str):
        balance (int):
        available (int):
        held (int):
        pending (int):
        debt (int):
        expiring (list[ExpiringPoints]):
    """

    book: str
    balance: int
    available: int
    held: int
    pending: int
    debt: int
    expiring: list[ExpiringPoints]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        book = self.book

        balance = self.balance

        available = self.available

        held = self.held

        pending = self.pending

        debt = self.debt

        expiring = []
        for expiring_item_data in self.expiring:
            expiring_item = expiring_item_data.to_dict()
            expiring.append(expiring_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "book": book,
                "balance": balance,
                "available": available,
                "held": held,
                "pending": pending,
                "debt": debt,
                "expiring": expiring,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.expiring_points import ExpiringPoints

        d = dict(src_dict)
        book = d.pop("book")

        balance = d.pop("balance")

        available = d.pop("available")

        held = d.pop("held")

        pending = d.pop("pending")

        debt = d.pop("debt")

        expiring = []
        _expiring = d.pop("expiring")
        for expiring_item_data in _expiring:
            expiring_item = ExpiringPoints.from_dict(expiring_item_data)

            expiring.append(expiring_item)

        balance = cls(
            book=book,
            balance=balance,
            available=available,
            held=held,
            pending=pending,
            debt=debt,
            expiring=expiring,
        )

        balance.additional_properties = d
        return balance

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
