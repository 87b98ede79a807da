from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tier_upgrade_ground import TierUpgradeGround

T = TypeVar("T", bound="TierUpgrade")


@_attrs_define
class TierUpgrade:
    """A tier with an end: bought for points, or set by staff (`ground`). ended_at: when it was over or undone; null
    while it counts.

    Attributes:
        upgrade_id (UUID):
        tier (str):
        points (int):
        rule_version (int):
        starts_at (str):
        ends_at (str):
        ended_at (None | str):
        undone (bool):
        ground (TierUpgradeGround):
    """

    upgrade_id: UUID
    tier: str
    points: int
    rule_version: int
    starts_at: str
    ends_at: str
    ended_at: None | str
    undone: bool
    ground: TierUpgradeGround
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        upgrade_id = str(self.upgrade_id)

        tier = self.tier

        points = self.points

        rule_version = self.rule_version

        starts_at = self.starts_at

        ends_at = self.ends_at

        ended_at: None | str
        ended_at = self.ended_at

        undone = self.undone

        ground = self.ground.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "upgrade_id": upgrade_id,
                "tier": tier,
                "points": points,
                "rule_version": rule_version,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "ended_at": ended_at,
                "undone": undone,
                "ground": ground,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        upgrade_id = UUID(d.pop("upgrade_id"))

        tier = d.pop("tier")

        points = d.pop("points")

        rule_version = d.pop("rule_version")

        starts_at = d.pop("starts_at")

        ends_at = d.pop("ends_at")

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        undone = d.pop("undone")

        ground = TierUpgradeGround(d.pop("ground"))

        tier_upgrade = cls(
            upgrade_id=upgrade_id,
            tier=tier,
            points=points,
            rule_version=rule_version,
            starts_at=starts_at,
            ends_at=ends_at,
            ended_at=ended_at,
            undone=undone,
            ground=ground,
        )

        tier_upgrade.additional_properties = d
        return tier_upgrade

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
