from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ExpiryBucket")


@_attrs_define
class ExpiryBucket:
    """expires_in: the first day of the month of expiry; null: never.

    Attributes:
        expires_in (datetime.date | None):
        points (int):
        fen (int):
    """

    expires_in: datetime.date | None
    points: int
    fen: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expires_in: None | str
        if isinstance(self.expires_in, datetime.date):
            expires_in = self.expires_in.isoformat()
        else:
            expires_in = self.expires_in

        points = self.points

        fen = self.fen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "expires_in": expires_in,
                "points": points,
                "fen": fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_expires_in(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_in_type_0 = datetime.date.fromisoformat(data)

                return expires_in_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        expires_in = _parse_expires_in(d.pop("expires_in"))

        points = d.pop("points")

        fen = d.pop("fen")

        expiry_bucket = cls(
            expires_in=expires_in,
            points=points,
            fen=fen,
        )

        expiry_bucket.additional_properties = d
        return expiry_bucket

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
