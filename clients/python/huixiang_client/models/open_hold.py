from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OpenHold")


@_attrs_define
class OpenHold:
    """Points that are set aside. expires_at: null for those of a placed order.

    Attributes:
        member_id (UUID):
        hold_id (UUID):
        book (str):
        points (int):
        cause (str):
        made_at (str):
        expires_at (None | str):
        order_id (None | UUID):
    """

    member_id: UUID
    hold_id: UUID
    book: str
    points: int
    cause: str
    made_at: str
    expires_at: None | str
    order_id: None | UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        member_id = str(self.member_id)

        hold_id = str(self.hold_id)

        book = self.book

        points = self.points

        cause = self.cause

        made_at = self.made_at

        expires_at: None | str
        expires_at = self.expires_at

        order_id: None | str
        if isinstance(self.order_id, UUID):
            order_id = str(self.order_id)
        else:
            order_id = self.order_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "member_id": member_id,
                "hold_id": hold_id,
                "book": book,
                "points": points,
                "cause": cause,
                "made_at": made_at,
                "expires_at": expires_at,
                "order_id": order_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        member_id = UUID(d.pop("member_id"))

        hold_id = UUID(d.pop("hold_id"))

        book = d.pop("book")

        points = d.pop("points")

        cause = d.pop("cause")

        made_at = d.pop("made_at")

        def _parse_expires_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        def _parse_order_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                order_id_type_0 = UUID(data)

                return order_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        order_id = _parse_order_id(d.pop("order_id"))

        open_hold = cls(
            member_id=member_id,
            hold_id=hold_id,
            book=book,
            points=points,
            cause=cause,
            made_at=made_at,
            expires_at=expires_at,
            order_id=order_id,
        )

        open_hold.additional_properties = d
        return open_hold

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
