from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.settlement_line_direction import SettlementLineDirection

T = TypeVar("T", bound="SettlementLine")


@_attrs_define
class SettlementLine:
    """One exchange as a settlement names it: its place is (direction, reference).

    Attributes:
        direction (SettlementLineDirection):
        reference (str):
        points (int):
        partner_points (int):
    """

    direction: SettlementLineDirection
    reference: str
    points: int
    partner_points: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        direction = self.direction.value

        reference = self.reference

        points = self.points

        partner_points = self.partner_points

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "direction": direction,
                "reference": reference,
                "points": points,
                "partner_points": partner_points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        direction = SettlementLineDirection(d.pop("direction"))

        reference = d.pop("reference")

        points = d.pop("points")

        partner_points = d.pop("partner_points")

        settlement_line = cls(
            direction=direction,
            reference=reference,
            points=points,
            partner_points=partner_points,
        )

        settlement_line.additional_properties = d
        return settlement_line

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
