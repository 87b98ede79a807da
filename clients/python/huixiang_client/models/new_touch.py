from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.member_ref import MemberRef


T = TypeVar("T", bound="NewTouch")


@_attrs_define
class NewTouch:
    """A way by which a member came, now unless `occurred_at` says when.

    Attributes:
        channel (str): Where a member came from.
        scene (None | str | Unset):
        store (None | str | Unset):
        guide (None | str | Unset):
        campaign (None | str | Unset):
        referrer (MemberRef | None | Unset):
        occurred_at (datetime.datetime | None | Unset):
    """

    channel: str
    scene: None | str | Unset = UNSET
    store: None | str | Unset = UNSET
    guide: None | str | Unset = UNSET
    campaign: None | str | Unset = UNSET
    referrer: MemberRef | None | Unset = UNSET
    occurred_at: datetime.datetime | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.member_ref import MemberRef

        channel = self.channel

        scene: None | str | Unset
        if isinstance(self.scene, Unset):
            scene = UNSET
        else:
            scene = self.scene

        store: None | str | Unset
        if isinstance(self.store, Unset):
            store = UNSET
        else:
            store = self.store

        guide: None | str | Unset
        if isinstance(self.guide, Unset):
            guide = UNSET
        else:
            guide = self.guide

        campaign: None | str | Unset
        if isinstance(self.campaign, Unset):
            campaign = UNSET
        else:
            campaign = self.campaign

        referrer: dict[str, Any] | None | Unset
        if isinstance(self.referrer, Unset):
            referrer = UNSET
        elif isinstance(self.referrer, MemberRef):
            referrer = self.referrer.to_dict()
        else:
            referrer = self.referrer

        occurred_at: None | str | Unset
        if isinstance(self.occurred_at, Unset):
            occurred_at = UNSET
        elif isinstance(self.occurred_at, datetime.datetime):
            occurred_at = self.occurred_at.isoformat()
        else:
            occurred_at = self.occurred_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "channel": channel,
            }
        )
        if scene is not UNSET:
            field_dict["scene"] = scene
        if store is not UNSET:
            field_dict["store"] = store
        if guide is not UNSET:
            field_dict["guide"] = guide
        if campaign is not UNSET:
            field_dict["campaign"] = campaign
        if referrer is not UNSET:
            field_dict["referrer"] = referrer
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member_ref import MemberRef

        d = dict(src_dict)
        channel = d.pop("channel")

        def _parse_scene(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        scene = _parse_scene(d.pop("scene", UNSET))

        def _parse_store(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        store = _parse_store(d.pop("store", UNSET))

        def _parse_guide(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        guide = _parse_guide(d.pop("guide", UNSET))

        def _parse_campaign(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        campaign = _parse_campaign(d.pop("campaign", UNSET))

        def _parse_referrer(data: object) -> MemberRef | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                referrer_type_0 = MemberRef.from_dict(data)

                return referrer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MemberRef | None | Unset, data)

        referrer = _parse_referrer(d.pop("referrer", UNSET))

        def _parse_occurred_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                occurred_at_type_0 = datetime.datetime.fromisoformat(data)

                return occurred_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        occurred_at = _parse_occurred_at(d.pop("occurred_at", UNSET))

        new_touch = cls(
            channel=channel,
            scene=scene,
            store=store,
            guide=guide,
            campaign=campaign,
            referrer=referrer,
            occurred_at=occurred_at,
        )

        return new_touch
