from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="QuotedStanding")


@_attrs_define
class QuotedStanding:
    """Where the member stands when the order is completed as quoted today. growth: of the window that ends today, with
        the order's. rises_from: the tier that the order lifts them out of; null where it does not. missing: growth to
    the
        next tier; null in the last.

        Attributes:
            growth (int):
            tier (str):
            rises_from (None | str):
            next_ (None | str):
            missing (int | None):
    """

    growth: int
    tier: str
    rises_from: None | str
    next_: None | str
    missing: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        growth = self.growth

        tier = self.tier

        rises_from: None | str
        rises_from = self.rises_from

        next_: None | str
        next_ = self.next_

        missing: int | None
        missing = self.missing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "growth": growth,
                "tier": tier,
                "rises_from": rises_from,
                "next": next_,
                "missing": missing,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        growth = d.pop("growth")

        tier = d.pop("tier")

        def _parse_rises_from(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rises_from = _parse_rises_from(d.pop("rises_from"))

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        def _parse_missing(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        missing = _parse_missing(d.pop("missing"))

        quoted_standing = cls(
            growth=growth,
            tier=tier,
            rises_from=rises_from,
            next_=next_,
            missing=missing,
        )

        quoted_standing.additional_properties = d
        return quoted_standing

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
