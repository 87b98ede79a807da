from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.lot_as_of import LotAsOf


T = TypeVar("T", bound="BalanceAsOf")


@_attrs_define
class BalanceAsOf:
    """What stood in the books at an instant. seq: of the last posting by then, 0 where there was none.

    Attributes:
        book (str):
        as_of (str):
        seq (int):
        balance (int):
        available (int):
        held (int):
        pending (int):
        debt (int):
        lots (list[LotAsOf]):
    """

    book: str
    as_of: str
    seq: int
    balance: int
    available: int
    held: int
    pending: int
    debt: int
    lots: list[LotAsOf]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        book = self.book

        as_of = self.as_of

        seq = self.seq

        balance = self.balance

        available = self.available

        held = self.held

        pending = self.pending

        debt = self.debt

        lots = []
        for lots_item_data in self.lots:
            lots_item = lots_item_data.to_dict()
            lots.append(lots_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "book": book,
                "as_of": as_of,
                "seq": seq,
                "balance": balance,
                "available": available,
                "held": held,
                "pending": pending,
                "debt": debt,
                "lots": lots,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.lot_as_of import LotAsOf

        d = dict(src_dict)
        book = d.pop("book")

        as_of = d.pop("as_of")

        seq = d.pop("seq")

        balance = d.pop("balance")

        available = d.pop("available")

        held = d.pop("held")

        pending = d.pop("pending")

        debt = d.pop("debt")

        lots = []
        _lots = d.pop("lots")
        for lots_item_data in _lots:
            lots_item = LotAsOf.from_dict(lots_item_data)

            lots.append(lots_item)

        balance_as_of = cls(
            book=book,
            as_of=as_of,
            seq=seq,
            balance=balance,
            available=available,
            held=held,
            pending=pending,
            debt=debt,
            lots=lots,
        )

        balance_as_of.additional_properties = d
        return balance_as_of

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
