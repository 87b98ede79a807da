from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.member_ref import MemberRef


T = TypeVar("T", bound="SystemTransfer")


@_attrs_define
class SystemTransfer:
    """
    Attributes:
        to (MemberRef): One way to name a member: `member_id`, or `number`, or `phone`, or `source` with `external_id`.
        points (int): Points, above zero.
    """

    to: MemberRef
    points: int

    def to_dict(self) -> dict[str, Any]:
        to = self.to.to_dict()

        points = self.points

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "to": to,
                "points": points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member_ref import MemberRef

        d = dict(src_dict)
        to = MemberRef.from_dict(d.pop("to"))

        points = d.pop("points")

        system_transfer = cls(
            to=to,
            points=points,
        )

        return system_transfer
