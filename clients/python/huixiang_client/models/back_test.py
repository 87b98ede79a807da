from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.breakage import Breakage


T = TypeVar("T", bound="BackTest")


@_attrs_define
class BackTest:
    """The estimate as it would have been so many months ago, from what was recorded then, of what was to expire since;
    and what did. estimate: null where the data of then were too few, and `why` says which.

    Attributes:
        months_ago (int):
        as_of (datetime.date):
        outstanding (int):
        estimate (Breakage | None):
        actual (int):
        within (bool | None):
        why (None | str):
    """

    months_ago: int
    as_of: datetime.date
    outstanding: int
    estimate: Breakage | None
    actual: int
    within: bool | None
    why: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.breakage import Breakage

        months_ago = self.months_ago

        as_of = self.as_of.isoformat()

        outstanding = self.outstanding

        estimate: dict[str, Any] | None
        if isinstance(self.estimate, Breakage):
            estimate = self.estimate.to_dict()
        else:
            estimate = self.estimate

        actual = self.actual

        within: bool | None
        within = self.within

        why: None | str
        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "months_ago": months_ago,
                "as_of": as_of,
                "outstanding": outstanding,
                "estimate": estimate,
                "actual": actual,
                "within": within,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.breakage import Breakage

        d = dict(src_dict)
        months_ago = d.pop("months_ago")

        as_of = datetime.date.fromisoformat(d.pop("as_of"))

        outstanding = d.pop("outstanding")

        def _parse_estimate(data: object) -> Breakage | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                estimate_type_0 = Breakage.from_dict(data)

                return estimate_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Breakage | None, data)

        estimate = _parse_estimate(d.pop("estimate"))

        actual = d.pop("actual")

        def _parse_within(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        within = _parse_within(d.pop("within"))

        def _parse_why(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        why = _parse_why(d.pop("why"))

        back_test = cls(
            months_ago=months_ago,
            as_of=as_of,
            outstanding=outstanding,
            estimate=estimate,
            actual=actual,
            within=within,
            why=why,
        )

        back_test.additional_properties = d
        return back_test

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
