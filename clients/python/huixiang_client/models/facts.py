from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.habits_stage import HabitsStage

if TYPE_CHECKING:
    from ..models.facts_category_names import FactsCategoryNames
    from ..models.text import Text


T = TypeVar("T", bound="Facts")


@_attrs_define
class Facts:
    """What is known of a member that segments may ask for (MEM-07).

        as_of: when the windows were reckoned last. points: that can be spent now. birthday: month and day. home_store:
    the
        most used one of 365 days; home_city: its city, or that of the address. favourite_categories: by what was spent
    in
        365 days, the most first. last_seen_at and last_viewed_category: as systems told. category_names,
    home_store_name:
        how the catalogue calls them, as far as it knows them.

        Attributes:
            member_id (UUID):
            as_of (str):
            first_order_on (datetime.date | None):
            last_order_on (datetime.date | None):
            days_since_last_order (int | None):
            orders_30d (int):
            orders_90d (int):
            orders_365d (int):
            spend_30d_fen (int):
            spend_90d_fen (int):
            spend_365d_fen (int):
            favourite_categories (list[str]):
            home_store (None | str):
            home_city (None | str):
            tier (None | str):
            plans (list[str]):
            points (int):
            birthday (None | str):
            age_band (None | str):
            lifecycle (HabitsStage): Where members are in their life as customers.
            lifecycle_version (int):
            last_seen_at (None | str):
            last_viewed_category (None | str):
            category_names (FactsCategoryNames):
            home_store_name (None | Text):
    """

    member_id: UUID
    as_of: str
    first_order_on: datetime.date | None
    last_order_on: datetime.date | None
    days_since_last_order: int | None
    orders_30d: int
    orders_90d: int
    orders_365d: int
    spend_30d_fen: int
    spend_90d_fen: int
    spend_365d_fen: int
    favourite_categories: list[str]
    home_store: None | str
    home_city: None | str
    tier: None | str
    plans: list[str]
    points: int
    birthday: None | str
    age_band: None | str
    lifecycle: HabitsStage
    lifecycle_version: int
    last_seen_at: None | str
    last_viewed_category: None | str
    category_names: FactsCategoryNames
    home_store_name: None | Text
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.text import Text

        member_id = str(self.member_id)

        as_of = self.as_of

        first_order_on: None | str
        if isinstance(self.first_order_on, datetime.date):
            first_order_on = self.first_order_on.isoformat()
        else:
            first_order_on = self.first_order_on

        last_order_on: None | str
        if isinstance(self.last_order_on, datetime.date):
            last_order_on = self.last_order_on.isoformat()
        else:
            last_order_on = self.last_order_on

        days_since_last_order: int | None
        days_since_last_order = self.days_since_last_order

        orders_30d = self.orders_30d

        orders_90d = self.orders_90d

        orders_365d = self.orders_365d

        spend_30d_fen = self.spend_30d_fen

        spend_90d_fen = self.spend_90d_fen

        spend_365d_fen = self.spend_365d_fen

        favourite_categories = self.favourite_categories

        home_store: None | str
        home_store = self.home_store

        home_city: None | str
        home_city = self.home_city

        tier: None | str
        tier = self.tier

        plans = self.plans

        points = self.points

        birthday: None | str
        birthday = self.birthday

        age_band: None | str
        age_band = self.age_band

        lifecycle = self.lifecycle.value

        lifecycle_version = self.lifecycle_version

        last_seen_at: None | str
        last_seen_at = self.last_seen_at

        last_viewed_category: None | str
        last_viewed_category = self.last_viewed_category

        category_names = self.category_names.to_dict()

        home_store_name: dict[str, Any] | None
        if isinstance(self.home_store_name, Text):
            home_store_name = self.home_store_name.to_dict()
        else:
            home_store_name = self.home_store_name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "member_id": member_id,
                "as_of": as_of,
                "first_order_on": first_order_on,
                "last_order_on": last_order_on,
                "days_since_last_order": days_since_last_order,
                "orders_30d": orders_30d,
                "orders_90d": orders_90d,
                "orders_365d": orders_365d,
                "spend_30d_fen": spend_30d_fen,
                "spend_90d_fen": spend_90d_fen,
                "spend_365d_fen": spend_365d_fen,
                "favourite_categories": favourite_categories,
                "home_store": home_store,
                "home_city": home_city,
                "tier": tier,
                "plans": plans,
                "points": points,
                "birthday": birthday,
                "age_band": age_band,
                "lifecycle": lifecycle,
                "lifecycle_version": lifecycle_version,
                "last_seen_at": last_seen_at,
                "last_viewed_category": last_viewed_category,
                "category_names": category_names,
                "home_store_name": home_store_name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.facts_category_names import FactsCategoryNames
        from ..models.text import Text

        d = dict(src_dict)
        member_id = UUID(d.pop("member_id"))

        as_of = d.pop("as_of")

        def _parse_first_order_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                first_order_on_type_0 = datetime.date.fromisoformat(data)

                return first_order_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        first_order_on = _parse_first_order_on(d.pop("first_order_on"))

        def _parse_last_order_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_order_on_type_0 = datetime.date.fromisoformat(data)

                return last_order_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        last_order_on = _parse_last_order_on(d.pop("last_order_on"))

        def _parse_days_since_last_order(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        days_since_last_order = _parse_days_since_last_order(
            d.pop("days_since_last_order")
        )

        orders_30d = d.pop("orders_30d")

        orders_90d = d.pop("orders_90d")

        orders_365d = d.pop("orders_365d")

        spend_30d_fen = d.pop("spend_30d_fen")

        spend_90d_fen = d.pop("spend_90d_fen")

        spend_365d_fen = d.pop("spend_365d_fen")

        favourite_categories = cast(list[str], d.pop("favourite_categories"))

        def _parse_home_store(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        home_store = _parse_home_store(d.pop("home_store"))

        def _parse_home_city(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        home_city = _parse_home_city(d.pop("home_city"))

        def _parse_tier(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tier = _parse_tier(d.pop("tier"))

        plans = cast(list[str], d.pop("plans"))

        points = d.pop("points")

        def _parse_birthday(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        birthday = _parse_birthday(d.pop("birthday"))

        def _parse_age_band(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        age_band = _parse_age_band(d.pop("age_band"))

        lifecycle = HabitsStage(d.pop("lifecycle"))

        lifecycle_version = d.pop("lifecycle_version")

        def _parse_last_seen_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_seen_at = _parse_last_seen_at(d.pop("last_seen_at"))

        def _parse_last_viewed_category(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_viewed_category = _parse_last_viewed_category(
            d.pop("last_viewed_category")
        )

        category_names = FactsCategoryNames.from_dict(d.pop("category_names"))

        def _parse_home_store_name(data: object) -> None | Text:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                home_store_name_type_0 = Text.from_dict(data)

                return home_store_name_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Text, data)

        home_store_name = _parse_home_store_name(d.pop("home_store_name"))

        facts = cls(
            member_id=member_id,
            as_of=as_of,
            first_order_on=first_order_on,
            last_order_on=last_order_on,
            days_since_last_order=days_since_last_order,
            orders_30d=orders_30d,
            orders_90d=orders_90d,
            orders_365d=orders_365d,
            spend_30d_fen=spend_30d_fen,
            spend_90d_fen=spend_90d_fen,
            spend_365d_fen=spend_365d_fen,
            favourite_categories=favourite_categories,
            home_store=home_store,
            home_city=home_city,
            tier=tier,
            plans=plans,
            points=points,
            birthday=birthday,
            age_band=age_band,
            lifecycle=lifecycle,
            lifecycle_version=lifecycle_version,
            last_seen_at=last_seen_at,
            last_viewed_category=last_viewed_category,
            category_names=category_names,
            home_store_name=home_store_name,
        )

        facts.additional_properties = d
        return facts

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
