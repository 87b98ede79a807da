from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewEntitlement")


@_attrs_define
class NewEntitlement:
    """A benefit for a member from now on, with the quota of its document; until `ends_at`, or until it is ended. used:
    how much of this period's quota is gone, where another system has counted so far.

    Attributes:
        benefit (str): A benefit, by its document.
        source (str): What gave it: tier:gold, service.
        ends_at (datetime.datetime | None | Unset):
        used (int | Unset):  Default: 0.
    """

    benefit: str
    source: str
    ends_at: datetime.datetime | None | Unset = UNSET
    used: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        benefit = self.benefit

        source = self.source

        ends_at: None | str | Unset
        if isinstance(self.ends_at, Unset):
            ends_at = UNSET
        elif isinstance(self.ends_at, datetime.datetime):
            ends_at = self.ends_at.isoformat()
        else:
            ends_at = self.ends_at

        used = self.used

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "benefit": benefit,
                "source": source,
            }
        )
        if ends_at is not UNSET:
            field_dict["ends_at"] = ends_at
        if used is not UNSET:
            field_dict["used"] = used

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        benefit = d.pop("benefit")

        source = d.pop("source")

        def _parse_ends_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ends_at_type_0 = datetime.datetime.fromisoformat(data)

                return ends_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        ends_at = _parse_ends_at(d.pop("ends_at", UNSET))

        used = d.pop("used", UNSET)

        new_entitlement = cls(
            benefit=benefit,
            source=source,
            ends_at=ends_at,
            used=used,
        )

        return new_entitlement
