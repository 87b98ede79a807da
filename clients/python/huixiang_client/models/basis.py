from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.age_rate import AgeRate


T = TypeVar("T", bound="Basis")


@_attrs_define
class Basis:
    """What an estimate stands on: whole months of data, months of earning in them, and rates by age.

    Attributes:
        first_month (datetime.date | None):
        last_month (datetime.date | None):
        months (int):
        cohorts (int):
        ages (list[AgeRate]):
    """

    first_month: datetime.date | None
    last_month: datetime.date | None
    months: int
    cohorts: int
    ages: list[AgeRate]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        first_month: None | str
        if isinstance(self.first_month, datetime.date):
            first_month = self.first_month.isoformat()
        else:
            first_month = self.first_month

        last_month: None | str
        if isinstance(self.last_month, datetime.date):
            last_month = self.last_month.isoformat()
        else:
            last_month = self.last_month

        months = self.months

        cohorts = self.cohorts

        ages = []
        for ages_item_data in self.ages:
            ages_item = ages_item_data.to_dict()
            ages.append(ages_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "first_month": first_month,
                "last_month": last_month,
                "months": months,
                "cohorts": cohorts,
                "ages": ages,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.age_rate import AgeRate

        d = dict(src_dict)

        def _parse_first_month(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                first_month_type_0 = datetime.date.fromisoformat(data)

                return first_month_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        first_month = _parse_first_month(d.pop("first_month"))

        def _parse_last_month(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_month_type_0 = datetime.date.fromisoformat(data)

                return last_month_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        last_month = _parse_last_month(d.pop("last_month"))

        months = d.pop("months")

        cohorts = d.pop("cohorts")

        ages = []
        _ages = d.pop("ages")
        for ages_item_data in _ages:
            ages_item = AgeRate.from_dict(ages_item_data)

            ages.append(ages_item)

        basis = cls(
            first_month=first_month,
            last_month=last_month,
            months=months,
            cohorts=cohorts,
            ages=ages,
        )

        basis.additional_properties = d
        return basis

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
