from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AgeRate")


@_attrs_define
class AgeRate:
    """What of the points that could be used in their nth month of age left otherwise than by expiry, over all months
    of earning (`cohorts`) seen at that age.

    Attributes:
        months (int):
        cohorts (int):
        at_risk (int):
        left (int):
        left_bp (int):
    """

    months: int
    cohorts: int
    at_risk: int
    left: int
    left_bp: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        months = self.months

        cohorts = self.cohorts

        at_risk = self.at_risk

        left = self.left

        left_bp = self.left_bp

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "months": months,
                "cohorts": cohorts,
                "at_risk": at_risk,
                "left": left,
                "left_bp": left_bp,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        months = d.pop("months")

        cohorts = d.pop("cohorts")

        at_risk = d.pop("at_risk")

        left = d.pop("left")

        left_bp = d.pop("left_bp")

        age_rate = cls(
            months=months,
            cohorts=cohorts,
            at_risk=at_risk,
            left=left,
            left_bp=left_bp,
        )

        age_rate.additional_properties = d
        return age_rate

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
