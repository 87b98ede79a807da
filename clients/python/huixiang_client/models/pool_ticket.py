from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.pool_ticket_state import PoolTicketState

T = TypeVar("T", bound="PoolTicket")


@_attrs_define
class PoolTicket:
    """Points of a pool set aside for one person's order. Past `expires_at` a held one is free again by itself.

    Attributes:
        ticket_id (UUID):
        person_id (UUID):
        points (int):
        captured (int):
        returned (int):
        state (PoolTicketState):
        held_at (str):
        expires_at (str):
    """

    ticket_id: UUID
    person_id: UUID
    points: int
    captured: int
    returned: int
    state: PoolTicketState
    held_at: str
    expires_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ticket_id = str(self.ticket_id)

        person_id = str(self.person_id)

        points = self.points

        captured = self.captured

        returned = self.returned

        state = self.state.value

        held_at = self.held_at

        expires_at = self.expires_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ticket_id": ticket_id,
                "person_id": person_id,
                "points": points,
                "captured": captured,
                "returned": returned,
                "state": state,
                "held_at": held_at,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        ticket_id = UUID(d.pop("ticket_id"))

        person_id = UUID(d.pop("person_id"))

        points = d.pop("points")

        captured = d.pop("captured")

        returned = d.pop("returned")

        state = PoolTicketState(d.pop("state"))

        held_at = d.pop("held_at")

        expires_at = d.pop("expires_at")

        pool_ticket = cls(
            ticket_id=ticket_id,
            person_id=person_id,
            points=points,
            captured=captured,
            returned=returned,
            state=state,
            held_at=held_at,
            expires_at=expires_at,
        )

        pool_ticket.additional_properties = d
        return pool_ticket

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
