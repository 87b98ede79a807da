from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Switch")


@_attrs_define
class Switch:
    """One turn of the switch of a part.

    Attributes:
        part (str):
        off (bool):
        at (str):
        by (str):
        reason (str):
    """

    part: str
    off: bool
    at: str
    by: str
    reason: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        part = self.part

        off = self.off

        at = self.at

        by = self.by

        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "part": part,
                "off": off,
                "at": at,
                "by": by,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        part = d.pop("part")

        off = d.pop("off")

        at = d.pop("at")

        by = d.pop("by")

        reason = d.pop("reason")

        switch = cls(
            part=part,
            off=off,
            at=at,
            by=by,
            reason=reason,
        )

        switch.additional_properties = d
        return switch

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
