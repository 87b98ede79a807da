from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AgeBucket")


@_attrs_define
class AgeBucket:
    """months: whole months since the month of earning. fen: its share of the whole, by largest remainder.

    Attributes:
        months (int):
        points (int):
        fen (int):
    """

    months: int
    points: int
    fen: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        months = self.months

        points = self.points

        fen = self.fen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "months": months,
                "points": points,
                "fen": fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        months = d.pop("months")

        points = d.pop("points")

        fen = d.pop("fen")

        age_bucket = cls(
            months=months,
            points=points,
            fen=fen,
        )

        age_bucket.additional_properties = d
        return age_bucket

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
