from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TrialLine")


@_attrs_define
class TrialLine:
    """What stands on one account of the double entry. side "members": `balances` are owed to members, `debts` by them.

    cause, budget: of a counter-account, one line for each as far as asked; null where there is none.

    Attributes:
        side (str):
        account (str):
        cause (None | str):
        budget (None | str):
        points (int):
    """

    side: str
    account: str
    cause: None | str
    budget: None | str
    points: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        side = self.side

        account = self.account

        cause: None | str
        cause = self.cause

        budget: None | str
        budget = self.budget

        points = self.points

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "side": side,
                "account": account,
                "cause": cause,
                "budget": budget,
                "points": points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        side = d.pop("side")

        account = d.pop("account")

        def _parse_cause(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cause = _parse_cause(d.pop("cause"))

        def _parse_budget(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        budget = _parse_budget(d.pop("budget"))

        points = d.pop("points")

        trial_line = cls(
            side=side,
            account=account,
            cause=cause,
            budget=budget,
            points=points,
        )

        trial_line.additional_properties = d
        return trial_line

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
