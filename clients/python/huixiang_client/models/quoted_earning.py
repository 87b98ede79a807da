from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="QuotedEarning")


@_attrs_define
class QuotedEarning:
    """What the order earns when it is completed as quoted, before caps of a day, week or month. growth: fen.

    Attributes:
        points (int):
        growth (int):
        rule_version (int):
    """

    points: int
    growth: int
    rule_version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        points = self.points

        growth = self.growth

        rule_version = self.rule_version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "points": points,
                "growth": growth,
                "rule_version": rule_version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        points = d.pop("points")

        growth = d.pop("growth")

        rule_version = d.pop("rule_version")

        quoted_earning = cls(
            points=points,
            growth=growth,
            rule_version=rule_version,
        )

        quoted_earning.additional_properties = d
        return quoted_earning

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
