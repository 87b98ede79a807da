from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewBehaviour")


@_attrs_define
class NewBehaviour:
    """A signed-in member was seen; viewed_category: what they looked at. seen_at: now if left out.

    Attributes:
        seen_at (datetime.datetime | None | Unset):
        viewed_category (None | str | Unset):
    """

    seen_at: datetime.datetime | None | Unset = UNSET
    viewed_category: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        seen_at: None | str | Unset
        if isinstance(self.seen_at, Unset):
            seen_at = UNSET
        elif isinstance(self.seen_at, datetime.datetime):
            seen_at = self.seen_at.isoformat()
        else:
            seen_at = self.seen_at

        viewed_category: None | str | Unset
        if isinstance(self.viewed_category, Unset):
            viewed_category = UNSET
        else:
            viewed_category = self.viewed_category

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if seen_at is not UNSET:
            field_dict["seen_at"] = seen_at
        if viewed_category is not UNSET:
            field_dict["viewed_category"] = viewed_category

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_seen_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                seen_at_type_0 = datetime.datetime.fromisoformat(data)

                return seen_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        seen_at = _parse_seen_at(d.pop("seen_at", UNSET))

        def _parse_viewed_category(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        viewed_category = _parse_viewed_category(d.pop("viewed_category", UNSET))

        new_behaviour = cls(
            seen_at=seen_at,
            viewed_category=viewed_category,
        )

        return new_behaviour
