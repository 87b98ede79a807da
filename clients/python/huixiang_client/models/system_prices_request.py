from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.member_ref import MemberRef
    from ..models.system_prices_request_experiments import (
        SystemPricesRequestExperiments,
    )


T = TypeVar("T", bound="SystemPricesRequest")


@_attrs_define
class SystemPricesRequest:
    """For a member, or without one for a guest.

    Attributes:
        channel (str):
        skus (list[str]):
        store (None | str | Unset):
        city (None | str | Unset):
        experiments (SystemPricesRequestExperiments | Unset):
        tiers (bool | Unset):  Default: True.
        member (MemberRef | None | Unset):
    """

    channel: str
    skus: list[str]
    store: None | str | Unset = UNSET
    city: None | str | Unset = UNSET
    experiments: SystemPricesRequestExperiments | Unset = UNSET
    tiers: bool | Unset = True
    member: MemberRef | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.member_ref import MemberRef

        channel = self.channel

        skus = self.skus

        store: None | str | Unset
        if isinstance(self.store, Unset):
            store = UNSET
        else:
            store = self.store

        city: None | str | Unset
        if isinstance(self.city, Unset):
            city = UNSET
        else:
            city = self.city

        experiments: dict[str, Any] | Unset = UNSET
        if not isinstance(self.experiments, Unset):
            experiments = self.experiments.to_dict()

        tiers = self.tiers

        member: dict[str, Any] | None | Unset
        if isinstance(self.member, Unset):
            member = UNSET
        elif isinstance(self.member, MemberRef):
            member = self.member.to_dict()
        else:
            member = self.member

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "channel": channel,
                "skus": skus,
            }
        )
        if store is not UNSET:
            field_dict["store"] = store
        if city is not UNSET:
            field_dict["city"] = city
        if experiments is not UNSET:
            field_dict["experiments"] = experiments
        if tiers is not UNSET:
            field_dict["tiers"] = tiers
        if member is not UNSET:
            field_dict["member"] = member

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member_ref import MemberRef
        from ..models.system_prices_request_experiments import (
            SystemPricesRequestExperiments,
        )

        d = dict(src_dict)
        channel = d.pop("channel")

        skus = cast(list[str], d.pop("skus"))

        def _parse_store(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        store = _parse_store(d.pop("store", UNSET))

        def _parse_city(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        city = _parse_city(d.pop("city", UNSET))

        _experiments = d.pop("experiments", UNSET)
        experiments: SystemPricesRequestExperiments | Unset
        if isinstance(_experiments, Unset):
            experiments = UNSET
        else:
            experiments = SystemPricesRequestExperiments.from_dict(_experiments)

        tiers = d.pop("tiers", UNSET)

        def _parse_member(data: object) -> MemberRef | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                member_type_0 = MemberRef.from_dict(data)

                return member_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MemberRef | None | Unset, data)

        member = _parse_member(d.pop("member", UNSET))

        system_prices_request = cls(
            channel=channel,
            skus=skus,
            store=store,
            city=city,
            experiments=experiments,
            tiers=tiers,
            member=member,
        )

        return system_prices_request
