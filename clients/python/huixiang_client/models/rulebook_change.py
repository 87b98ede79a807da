from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.rulebook_change_what import RulebookChangeWhat

T = TypeVar("T", bound="RulebookChange")


@_attrs_define
class RulebookChange:
    """One difference. path: where, `$.rules[tier_rate].effect.rate_bp`; entries that have a code are named by it,
    others by their place, from 0.

    Attributes:
        path (str):
        what (RulebookChangeWhat):
        before (Any):
        after (Any):
    """

    path: str
    what: RulebookChangeWhat
    before: Any
    after: Any
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        path = self.path

        what = self.what.value

        before = self.before

        after = self.after

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "path": path,
                "what": what,
                "before": before,
                "after": after,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        path = d.pop("path")

        what = RulebookChangeWhat(d.pop("what"))

        before = d.pop("before")

        after = d.pop("after")

        rulebook_change = cls(
            path=path,
            what=what,
            before=before,
            after=after,
        )

        rulebook_change.additional_properties = d
        return rulebook_change

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
