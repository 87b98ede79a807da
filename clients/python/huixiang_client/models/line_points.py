from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LinePoints")


@_attrs_define
class LinePoints:
    """A line's share: points used on it, what they take off, what is then paid for it, and what it earns.

    Attributes:
        line_id (str):
        used (int):
        off_fen (int):
        cash_fen (int):
        earned (int):
    """

    line_id: str
    used: int
    off_fen: int
    cash_fen: int
    earned: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line_id = self.line_id

        used = self.used

        off_fen = self.off_fen

        cash_fen = self.cash_fen

        earned = self.earned

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line_id": line_id,
                "used": used,
                "off_fen": off_fen,
                "cash_fen": cash_fen,
                "earned": earned,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        line_id = d.pop("line_id")

        used = d.pop("used")

        off_fen = d.pop("off_fen")

        cash_fen = d.pop("cash_fen")

        earned = d.pop("earned")

        line_points = cls(
            line_id=line_id,
            used=used,
            off_fen=off_fen,
            cash_fen=cash_fen,
            earned=earned,
        )

        line_points.additional_properties = d
        return line_points

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
