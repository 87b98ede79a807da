from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewReward")


@_attrs_define
class NewReward:
    """Something a member did. `source_key` names the act: the review, the friend; the same act earns once. For what has
    no number of its own, as a sign-in, its day does. `occurred_at`: now if left out.

    Attributes:
        behaviour (str):
        source_key (str):
        occurred_at (None | str | Unset):
    """

    behaviour: str
    source_key: str
    occurred_at: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        behaviour = self.behaviour

        source_key = self.source_key

        occurred_at: None | str | Unset
        if isinstance(self.occurred_at, Unset):
            occurred_at = UNSET
        else:
            occurred_at = self.occurred_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "behaviour": behaviour,
                "source_key": source_key,
            }
        )
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        behaviour = d.pop("behaviour")

        source_key = d.pop("source_key")

        def _parse_occurred_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        occurred_at = _parse_occurred_at(d.pop("occurred_at", UNSET))

        new_reward = cls(
            behaviour=behaviour,
            source_key=source_key,
            occurred_at=occurred_at,
        )

        return new_reward
