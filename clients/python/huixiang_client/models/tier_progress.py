from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.current_tier import CurrentTier
    from ..models.next_tier import NextTier
    from ..models.tier_step import TierStep


T = TypeVar("T", bound="TierProgress")


@_attrs_define
class TierProgress:
    """Where a member stands (TIER-05): `growth` is that of the window that ends today. bought_until: when the tier,
    which was bought or set by staff, ends; null where it was not. trial_until: when the tier, which is tried,
    ends; what is left then is `earned`.

    Attributes:
        tier (CurrentTier):
        since (None | str):
        growth (int):
        next_ (NextTier | None):
        tiers (list[TierStep]):
        window_days (int):
        bought_until (None | str):
        earned (CurrentTier | None):
        trial_until (None | str):
    """

    tier: CurrentTier
    since: None | str
    growth: int
    next_: NextTier | None
    tiers: list[TierStep]
    window_days: int
    bought_until: None | str
    earned: CurrentTier | None
    trial_until: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.current_tier import CurrentTier
        from ..models.next_tier import NextTier

        tier = self.tier.to_dict()

        since: None | str
        since = self.since

        growth = self.growth

        next_: dict[str, Any] | None
        if isinstance(self.next_, NextTier):
            next_ = self.next_.to_dict()
        else:
            next_ = self.next_

        tiers = []
        for tiers_item_data in self.tiers:
            tiers_item = tiers_item_data.to_dict()
            tiers.append(tiers_item)

        window_days = self.window_days

        bought_until: None | str
        bought_until = self.bought_until

        earned: dict[str, Any] | None
        if isinstance(self.earned, CurrentTier):
            earned = self.earned.to_dict()
        else:
            earned = self.earned

        trial_until: None | str
        trial_until = self.trial_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tier": tier,
                "since": since,
                "growth": growth,
                "next": next_,
                "tiers": tiers,
                "window_days": window_days,
                "bought_until": bought_until,
                "earned": earned,
                "trial_until": trial_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.current_tier import CurrentTier
        from ..models.next_tier import NextTier
        from ..models.tier_step import TierStep

        d = dict(src_dict)
        tier = CurrentTier.from_dict(d.pop("tier"))

        def _parse_since(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        since = _parse_since(d.pop("since"))

        growth = d.pop("growth")

        def _parse_next_(data: object) -> NextTier | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                next_type_0 = NextTier.from_dict(data)

                return next_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NextTier | None, data)

        next_ = _parse_next_(d.pop("next"))

        tiers = []
        _tiers = d.pop("tiers")
        for tiers_item_data in _tiers:
            tiers_item = TierStep.from_dict(tiers_item_data)

            tiers.append(tiers_item)

        window_days = d.pop("window_days")

        def _parse_bought_until(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bought_until = _parse_bought_until(d.pop("bought_until"))

        def _parse_earned(data: object) -> CurrentTier | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                earned_type_0 = CurrentTier.from_dict(data)

                return earned_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CurrentTier | None, data)

        earned = _parse_earned(d.pop("earned"))

        def _parse_trial_until(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trial_until = _parse_trial_until(d.pop("trial_until"))

        tier_progress = cls(
            tier=tier,
            since=since,
            growth=growth,
            next_=next_,
            tiers=tiers,
            window_days=window_days,
            bought_until=bought_until,
            earned=earned,
            trial_until=trial_until,
        )

        tier_progress.additional_properties = d
        return tier_progress

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
