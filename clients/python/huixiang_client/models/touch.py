from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Touch")


@_attrs_define
class Touch:
    """The `seq`th that was told of a member.

    Attributes:
        seq (int):
        channel (str):
        scene (None | str):
        store (None | str):
        guide (None | str):
        campaign (None | str):
        referrer_id (None | UUID):
        occurred_at (str):
    """

    seq: int
    channel: str
    scene: None | str
    store: None | str
    guide: None | str
    campaign: None | str
    referrer_id: None | UUID
    occurred_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        seq = self.seq

        channel = self.channel

        scene: None | str
        scene = self.scene

        store: None | str
        store = self.store

        guide: None | str
        guide = self.guide

        campaign: None | str
        campaign = self.campaign

        referrer_id: None | str
        if isinstance(self.referrer_id, UUID):
            referrer_id = str(self.referrer_id)
        else:
            referrer_id = self.referrer_id

        occurred_at = self.occurred_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "seq": seq,
                "channel": channel,
                "scene": scene,
                "store": store,
                "guide": guide,
                "campaign": campaign,
                "referrer_id": referrer_id,
                "occurred_at": occurred_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        seq = d.pop("seq")

        channel = d.pop("channel")

        def _parse_scene(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        scene = _parse_scene(d.pop("scene"))

        def _parse_store(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        store = _parse_store(d.pop("store"))

        def _parse_guide(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        guide = _parse_guide(d.pop("guide"))

        def _parse_campaign(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        campaign = _parse_campaign(d.pop("campaign"))

        def _parse_referrer_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                referrer_id_type_0 = UUID(data)

                return referrer_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        referrer_id = _parse_referrer_id(d.pop("referrer_id"))

        occurred_at = d.pop("occurred_at")

        touch = cls(
            seq=seq,
            channel=channel,
            scene=scene,
            store=store,
            guide=guide,
            campaign=campaign,
            referrer_id=referrer_id,
            occurred_at=occurred_at,
        )

        touch.additional_properties = d
        return touch

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
