from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.member_ref import MemberRef


T = TypeVar("T", bound="Origin")


@_attrs_define
class Origin:
    """What is known of a way beside its channel. scene: where in it, as a QR code's number; guide: the shop assistant's
    code; referrer: the member who brought them.

    Attributes:
        scene (None | str | Unset):
        store (None | str | Unset):
        guide (None | str | Unset):
        campaign (None | str | Unset):
        referrer (MemberRef | None | Unset):
    """

    scene: None | str | Unset = UNSET
    store: None | str | Unset = UNSET
    guide: None | str | Unset = UNSET
    campaign: None | str | Unset = UNSET
    referrer: MemberRef | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.member_ref import MemberRef

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

        field_dict: dict[str, Any] = {}

        field_dict.update({})
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

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member_ref import MemberRef

        d = dict(src_dict)

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

        origin = cls(
            scene=scene,
            store=store,
            guide=guide,
            campaign=campaign,
            referrer=referrer,
        )

        return origin
