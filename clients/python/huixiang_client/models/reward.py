from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Reward")


@_attrs_define
class Reward:
    """What a behaviour earned. `points` were granted; `cut` is what a cap took off the `offered` ones.

    expires_on: None where nothing is left to expire. matures_at: None where the points can be spent at once.
    paused: they wait until a person has looked at why so many are issued by this cause.

    Attributes:
        behaviour (str):
        points (int):
        offered (int):
        cut (int):
        rule (None | str):
        rule_version (int | None):
        occurred_at (str):
        expires_on (datetime.date | None):
        matures_at (None | str):
        paused (bool):
    """

    behaviour: str
    points: int
    offered: int
    cut: int
    rule: None | str
    rule_version: int | None
    occurred_at: str
    expires_on: datetime.date | None
    matures_at: None | str
    paused: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        behaviour = self.behaviour

        points = self.points

        offered = self.offered

        cut = self.cut

        rule: None | str
        rule = self.rule

        rule_version: int | None
        rule_version = self.rule_version

        occurred_at = self.occurred_at

        expires_on: None | str
        if isinstance(self.expires_on, datetime.date):
            expires_on = self.expires_on.isoformat()
        else:
            expires_on = self.expires_on

        matures_at: None | str
        matures_at = self.matures_at

        paused = self.paused

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "behaviour": behaviour,
                "points": points,
                "offered": offered,
                "cut": cut,
                "rule": rule,
                "rule_version": rule_version,
                "occurred_at": occurred_at,
                "expires_on": expires_on,
                "matures_at": matures_at,
                "paused": paused,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        behaviour = d.pop("behaviour")

        points = d.pop("points")

        offered = d.pop("offered")

        cut = d.pop("cut")

        def _parse_rule(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rule = _parse_rule(d.pop("rule"))

        def _parse_rule_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rule_version = _parse_rule_version(d.pop("rule_version"))

        occurred_at = d.pop("occurred_at")

        def _parse_expires_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_on_type_0 = datetime.date.fromisoformat(data)

                return expires_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        expires_on = _parse_expires_on(d.pop("expires_on"))

        def _parse_matures_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        matures_at = _parse_matures_at(d.pop("matures_at"))

        paused = d.pop("paused")

        reward = cls(
            behaviour=behaviour,
            points=points,
            offered=offered,
            cut=cut,
            rule=rule,
            rule_version=rule_version,
            occurred_at=occurred_at,
            expires_on=expires_on,
            matures_at=matures_at,
            paused=paused,
        )

        reward.additional_properties = d
        return reward

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
