from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.transfer_direction import TransferDirection
from ..models.transfer_purpose import TransferPurpose
from ..models.transfer_state import TransferState

T = TypeVar("T", bound="Transfer")


@_attrs_define
class Transfer:
    """A transfer as its sender (`out`) or its receiver (`in`) sees it. The receiver sees it when it has arrived. Of a
    merge `points` are below zero where a debt was moved.

    Attributes:
        transfer_id (UUID):
        direction (TransferDirection):
        purpose (TransferPurpose):
        other_id (UUID):
        points (int):
        fee (int):
        state (TransferState):
        created_at (str):
        finished_at (None | str):
    """

    transfer_id: UUID
    direction: TransferDirection
    purpose: TransferPurpose
    other_id: UUID
    points: int
    fee: int
    state: TransferState
    created_at: str
    finished_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        transfer_id = str(self.transfer_id)

        direction = self.direction.value

        purpose = self.purpose.value

        other_id = str(self.other_id)

        points = self.points

        fee = self.fee

        state = self.state.value

        created_at = self.created_at

        finished_at: None | str
        finished_at = self.finished_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "transfer_id": transfer_id,
                "direction": direction,
                "purpose": purpose,
                "other_id": other_id,
                "points": points,
                "fee": fee,
                "state": state,
                "created_at": created_at,
                "finished_at": finished_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        transfer_id = UUID(d.pop("transfer_id"))

        direction = TransferDirection(d.pop("direction"))

        purpose = TransferPurpose(d.pop("purpose"))

        other_id = UUID(d.pop("other_id"))

        points = d.pop("points")

        fee = d.pop("fee")

        state = TransferState(d.pop("state"))

        created_at = d.pop("created_at")

        def _parse_finished_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        finished_at = _parse_finished_at(d.pop("finished_at"))

        transfer = cls(
            transfer_id=transfer_id,
            direction=direction,
            purpose=purpose,
            other_id=other_id,
            points=points,
            fee=fee,
            state=state,
            created_at=created_at,
            finished_at=finished_at,
        )

        transfer.additional_properties = d
        return transfer

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
