from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LotAsOf")


@_attrs_define
class LotAsOf:
    """A lot that had something remaining. expires_on: None for one that never expires. matures_at: None where it could
    be spent.

    Attributes:
        lot_no (int):
        expires_on (datetime.date | None):
        remaining (int):
        held (int):
        matures_at (None | str):
    """

    lot_no: int
    expires_on: datetime.date | None
    remaining: int
    held: int
    matures_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        lot_no = self.lot_no

        expires_on: None | str
        if isinstance(self.expires_on, datetime.date):
            expires_on = self.expires_on.isoformat()
        else:
            expires_on = self.expires_on

        remaining = self.remaining

        held = self.held

        matures_at: None | str
        matures_at = self.matures_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lot_no": lot_no,
                "expires_on": expires_on,
                "remaining": remaining,
                "held": held,
                "matures_at": matures_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        lot_no = d.pop("lot_no")

        def _parse_expires_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_on_type_0 = datetime.date.fromisoformat(data)

                return expires_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        expires_on = _parse_expires_on(d.pop("expires_on"))

        remaining = d.pop("remaining")

        held = d.pop("held")

        def _parse_matures_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        matures_at = _parse_matures_at(d.pop("matures_at"))

        lot_as_of = cls(
            lot_no=lot_no,
            expires_on=expires_on,
            remaining=remaining,
            held=held,
            matures_at=matures_at,
        )

        lot_as_of.additional_properties = d
        return lot_as_of

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
