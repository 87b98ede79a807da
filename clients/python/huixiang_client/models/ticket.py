from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.ticket_state import TicketState

T = TypeVar("T", bound="Ticket")


@_attrs_define
class Ticket:
    """A holder's part of a resource. `wanted` at first, `amount` now; `expires_at` counts while it is reserved: its
    holder's transaction has to be over by then.

    Attributes:
        resource_id (UUID):
        holder_kind (str):
        holder_id (UUID):
        member_id (UUID):
        wanted (int):
        amount (int):
        state (TicketState):
        reserved_at (str):
        expires_at (str):
    """

    resource_id: UUID
    holder_kind: str
    holder_id: UUID
    member_id: UUID
    wanted: int
    amount: int
    state: TicketState
    reserved_at: str
    expires_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        resource_id = str(self.resource_id)

        holder_kind = self.holder_kind

        holder_id = str(self.holder_id)

        member_id = str(self.member_id)

        wanted = self.wanted

        amount = self.amount

        state = self.state.value

        reserved_at = self.reserved_at

        expires_at = self.expires_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "resource_id": resource_id,
                "holder_kind": holder_kind,
                "holder_id": holder_id,
                "member_id": member_id,
                "wanted": wanted,
                "amount": amount,
                "state": state,
                "reserved_at": reserved_at,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        resource_id = UUID(d.pop("resource_id"))

        holder_kind = d.pop("holder_kind")

        holder_id = UUID(d.pop("holder_id"))

        member_id = UUID(d.pop("member_id"))

        wanted = d.pop("wanted")

        amount = d.pop("amount")

        state = TicketState(d.pop("state"))

        reserved_at = d.pop("reserved_at")

        expires_at = d.pop("expires_at")

        ticket = cls(
            resource_id=resource_id,
            holder_kind=holder_kind,
            holder_id=holder_id,
            member_id=member_id,
            wanted=wanted,
            amount=amount,
            state=state,
            reserved_at=reserved_at,
            expires_at=expires_at,
        )

        ticket.additional_properties = d
        return ticket

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
