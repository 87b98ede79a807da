from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewTicket")


@_attrs_define
class NewTicket:
    """Points of a pool to set aside for one person. `ticket_id`: made by the caller, one for each order.

    Attributes:
        ticket_id (UUID):
        member_id (UUID):
        points (int): Points, above zero.
    """

    ticket_id: UUID
    member_id: UUID
    points: int

    def to_dict(self) -> dict[str, Any]:
        ticket_id = str(self.ticket_id)

        member_id = str(self.member_id)

        points = self.points

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ticket_id": ticket_id,
                "member_id": member_id,
                "points": points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        ticket_id = UUID(d.pop("ticket_id"))

        member_id = UUID(d.pop("member_id"))

        points = d.pop("points")

        new_ticket = cls(
            ticket_id=ticket_id,
            member_id=member_id,
            points=points,
        )

        return new_ticket
