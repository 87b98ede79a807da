from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhooks_delivery_state import WebhooksDeliveryState

T = TypeVar("T", bound="WebhooksDelivery")


@_attrs_define
class WebhooksDelivery:
    """One event to one endpoint. `due_at`: when it is tried next; null where it is settled, or waits for an earlier
    event of the same member. `status`, `reason`: of the last attempt.

    Attributes:
        event_id (UUID):
        type_ (str):
        member_id (UUID):
        state (WebhooksDeliveryState):
        attempts (int):
        queued_at (str):
        due_at (None | str):
        settled_at (None | str):
        status (int | None):
        reason (None | str):
    """

    event_id: UUID
    type_: str
    member_id: UUID
    state: WebhooksDeliveryState
    attempts: int
    queued_at: str
    due_at: None | str
    settled_at: None | str
    status: int | None
    reason: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        event_id = str(self.event_id)

        type_ = self.type_

        member_id = str(self.member_id)

        state = self.state.value

        attempts = self.attempts

        queued_at = self.queued_at

        due_at: None | str
        due_at = self.due_at

        settled_at: None | str
        settled_at = self.settled_at

        status: int | None
        status = self.status

        reason: None | str
        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "event_id": event_id,
                "type": type_,
                "member_id": member_id,
                "state": state,
                "attempts": attempts,
                "queued_at": queued_at,
                "due_at": due_at,
                "settled_at": settled_at,
                "status": status,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        event_id = UUID(d.pop("event_id"))

        type_ = d.pop("type")

        member_id = UUID(d.pop("member_id"))

        state = WebhooksDeliveryState(d.pop("state"))

        attempts = d.pop("attempts")

        queued_at = d.pop("queued_at")

        def _parse_due_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        due_at = _parse_due_at(d.pop("due_at"))

        def _parse_settled_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        settled_at = _parse_settled_at(d.pop("settled_at"))

        def _parse_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        status = _parse_status(d.pop("status"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        webhooks_delivery = cls(
            event_id=event_id,
            type_=type_,
            member_id=member_id,
            state=state,
            attempts=attempts,
            queued_at=queued_at,
            due_at=due_at,
            settled_at=settled_at,
            status=status,
            reason=reason,
        )

        webhooks_delivery.additional_properties = d
        return webhooks_delivery

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
