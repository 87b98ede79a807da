from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StaffChange")


@_attrs_define
class StaffChange:
    """One difference that a command would make: where, and what stands there before and after. Values that say
        something of a person are `Personal` when asked for. They are shown in full to who holds `members:reveal`,
    masked to
        the others who made or may decide the request, and `{"sealed": ...}` to everybody else.

        Attributes:
            path (str):
            before (Any):
            after (Any):
    """

    path: str
    before: Any
    after: Any
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        path = self.path

        before = self.before

        after = self.after

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "path": path,
                "before": before,
                "after": after,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        path = d.pop("path")

        before = d.pop("before")

        after = d.pop("after")

        staff_change = cls(
            path=path,
            before=before,
            after=after,
        )

        staff_change.additional_properties = d
        return staff_change

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
