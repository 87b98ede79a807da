from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Behaviour")


@_attrs_define
class Behaviour:
    """What stands now: what is told late changes nothing that is later.

    Attributes:
        last_seen_at (None | str):
        last_viewed_category (None | str):
        last_viewed_at (None | str):
    """

    last_seen_at: None | str
    last_viewed_category: None | str
    last_viewed_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        last_seen_at: None | str
        last_seen_at = self.last_seen_at

        last_viewed_category: None | str
        last_viewed_category = self.last_viewed_category

        last_viewed_at: None | str
        last_viewed_at = self.last_viewed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "last_seen_at": last_seen_at,
                "last_viewed_category": last_viewed_category,
                "last_viewed_at": last_viewed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_last_seen_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_seen_at = _parse_last_seen_at(d.pop("last_seen_at"))

        def _parse_last_viewed_category(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_viewed_category = _parse_last_viewed_category(
            d.pop("last_viewed_category")
        )

        def _parse_last_viewed_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_viewed_at = _parse_last_viewed_at(d.pop("last_viewed_at"))

        behaviour = cls(
            last_seen_at=last_seen_at,
            last_viewed_category=last_viewed_category,
            last_viewed_at=last_viewed_at,
        )

        behaviour.additional_properties = d
        return behaviour

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
