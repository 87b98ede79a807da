from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.entitlement_in_a import EntitlementInA
from ..models.entitlement_state import EntitlementState

T = TypeVar("T", bound="Entitlement")


@_attrs_define
class Entitlement:
    """A privilege that one member has, or had. quota: times a period, None without limit; used: in the period now.

    Attributes:
        entitlement_id (UUID):
        benefit (str):
        source (str):
        state (EntitlementState):
        quota (int | None):
        in_a (EntitlementInA):
        used (int):
        starts_at (str):
        ends_at (None | str):
        ended_at (None | str):
    """

    entitlement_id: UUID
    benefit: str
    source: str
    state: EntitlementState
    quota: int | None
    in_a: EntitlementInA
    used: int
    starts_at: str
    ends_at: None | str
    ended_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        entitlement_id = str(self.entitlement_id)

        benefit = self.benefit

        source = self.source

        state = self.state.value

        quota: int | None
        quota = self.quota

        in_a = self.in_a.value

        used = self.used

        starts_at = self.starts_at

        ends_at: None | str
        ends_at = self.ends_at

        ended_at: None | str
        ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "entitlement_id": entitlement_id,
                "benefit": benefit,
                "source": source,
                "state": state,
                "quota": quota,
                "in_a": in_a,
                "used": used,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        entitlement_id = UUID(d.pop("entitlement_id"))

        benefit = d.pop("benefit")

        source = d.pop("source")

        state = EntitlementState(d.pop("state"))

        def _parse_quota(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        quota = _parse_quota(d.pop("quota"))

        in_a = EntitlementInA(d.pop("in_a"))

        used = d.pop("used")

        starts_at = d.pop("starts_at")

        def _parse_ends_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ends_at = _parse_ends_at(d.pop("ends_at"))

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        entitlement = cls(
            entitlement_id=entitlement_id,
            benefit=benefit,
            source=source,
            state=state,
            quota=quota,
            in_a=in_a,
            used=used,
            starts_at=starts_at,
            ends_at=ends_at,
            ended_at=ended_at,
        )

        entitlement.additional_properties = d
        return entitlement

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
