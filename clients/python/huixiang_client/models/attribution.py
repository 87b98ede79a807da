from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.touch import Touch


T = TypeVar("T", bound="Attribution")


@_attrs_define
class Attribution:
    """The first and the last way by which a member came, in order of time, and how many are known.

    Attributes:
        member_id (UUID):
        first (None | Touch):
        last (None | Touch):
        touches (int):
    """

    member_id: UUID
    first: None | Touch
    last: None | Touch
    touches: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.touch import Touch

        member_id = str(self.member_id)

        first: dict[str, Any] | None
        if isinstance(self.first, Touch):
            first = self.first.to_dict()
        else:
            first = self.first

        last: dict[str, Any] | None
        if isinstance(self.last, Touch):
            last = self.last.to_dict()
        else:
            last = self.last

        touches = self.touches

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "member_id": member_id,
                "first": first,
                "last": last,
                "touches": touches,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.touch import Touch

        d = dict(src_dict)
        member_id = UUID(d.pop("member_id"))

        def _parse_first(data: object) -> None | Touch:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                first_type_0 = Touch.from_dict(data)

                return first_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Touch, data)

        first = _parse_first(d.pop("first"))

        def _parse_last(data: object) -> None | Touch:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                last_type_0 = Touch.from_dict(data)

                return last_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Touch, data)

        last = _parse_last(d.pop("last"))

        touches = d.pop("touches")

        attribution = cls(
            member_id=member_id,
            first=first,
            last=last,
            touches=touches,
        )

        attribution.additional_properties = d
        return attribution

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
