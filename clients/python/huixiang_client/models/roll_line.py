from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="RollLine")


@_attrs_define
class RollLine:
    """One period of one group: opening + issued - redeemed - expired - clawed_back + returned + transfers +
        adjustments + other = closing. Opening and closing are balances less debts; closing + debt_closing is what
    members
        have. debt_opening + debt_incurred - debt_paid = debt_closing.

        other: counter-accounts that none of the columns is for.

        Attributes:
            period (datetime.date):
            group (str):
            opening (int):
            issued (int):
            redeemed (int):
            expired (int):
            clawed_back (int):
            returned (int):
            transfers (int):
            adjustments (int):
            other (int):
            closing (int):
            debt_opening (int):
            debt_incurred (int):
            debt_paid (int):
            debt_closing (int):
    """

    period: datetime.date
    group: str
    opening: int
    issued: int
    redeemed: int
    expired: int
    clawed_back: int
    returned: int
    transfers: int
    adjustments: int
    other: int
    closing: int
    debt_opening: int
    debt_incurred: int
    debt_paid: int
    debt_closing: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        period = self.period.isoformat()

        group = self.group

        opening = self.opening

        issued = self.issued

        redeemed = self.redeemed

        expired = self.expired

        clawed_back = self.clawed_back

        returned = self.returned

        transfers = self.transfers

        adjustments = self.adjustments

        other = self.other

        closing = self.closing

        debt_opening = self.debt_opening

        debt_incurred = self.debt_incurred

        debt_paid = self.debt_paid

        debt_closing = self.debt_closing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "period": period,
                "group": group,
                "opening": opening,
                "issued": issued,
                "redeemed": redeemed,
                "expired": expired,
                "clawed_back": clawed_back,
                "returned": returned,
                "transfers": transfers,
                "adjustments": adjustments,
                "other": other,
                "closing": closing,
                "debt_opening": debt_opening,
                "debt_incurred": debt_incurred,
                "debt_paid": debt_paid,
                "debt_closing": debt_closing,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        period = datetime.date.fromisoformat(d.pop("period"))

        group = d.pop("group")

        opening = d.pop("opening")

        issued = d.pop("issued")

        redeemed = d.pop("redeemed")

        expired = d.pop("expired")

        clawed_back = d.pop("clawed_back")

        returned = d.pop("returned")

        transfers = d.pop("transfers")

        adjustments = d.pop("adjustments")

        other = d.pop("other")

        closing = d.pop("closing")

        debt_opening = d.pop("debt_opening")

        debt_incurred = d.pop("debt_incurred")

        debt_paid = d.pop("debt_paid")

        debt_closing = d.pop("debt_closing")

        roll_line = cls(
            period=period,
            group=group,
            opening=opening,
            issued=issued,
            redeemed=redeemed,
            expired=expired,
            clawed_back=clawed_back,
            returned=returned,
            transfers=transfers,
            adjustments=adjustments,
            other=other,
            closing=closing,
            debt_opening=debt_opening,
            debt_incurred=debt_incurred,
            debt_paid=debt_paid,
            debt_closing=debt_closing,
        )

        roll_line.additional_properties = d
        return roll_line

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
