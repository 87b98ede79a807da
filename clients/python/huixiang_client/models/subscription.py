from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.subscription_state import SubscriptionState

T = TypeVar("T", bound="Subscription")


@_attrs_define
class Subscription:
    """One member's running instance of a plan, or one that has ended.

    Attributes:
        subscription_id (UUID):
        plan (str):
        state (SubscriptionState):
        starts_at (str):
        ends_at (None | str):
        ended_at (None | str):
        trial (bool):
    """

    subscription_id: UUID
    plan: str
    state: SubscriptionState
    starts_at: str
    ends_at: None | str
    ended_at: None | str
    trial: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subscription_id = str(self.subscription_id)

        plan = self.plan

        state = self.state.value

        starts_at = self.starts_at

        ends_at: None | str
        ends_at = self.ends_at

        ended_at: None | str
        ended_at = self.ended_at

        trial = self.trial

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subscription_id": subscription_id,
                "plan": plan,
                "state": state,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "ended_at": ended_at,
                "trial": trial,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        subscription_id = UUID(d.pop("subscription_id"))

        plan = d.pop("plan")

        state = SubscriptionState(d.pop("state"))

        starts_at = d.pop("starts_at")

        def _parse_ends_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ends_at = _parse_ends_at(d.pop("ends_at"))

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        trial = d.pop("trial")

        subscription = cls(
            subscription_id=subscription_id,
            plan=plan,
            state=state,
            starts_at=starts_at,
            ends_at=ends_at,
            ended_at=ended_at,
            trial=trial,
        )

        subscription.additional_properties = d
        return subscription

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
