from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.request_change_party import RequestChangeParty
from ..models.request_step import RequestStep

T = TypeVar("T", bound="RequestChange")


@_attrs_define
class RequestChange:
    """One row of a request's log.

    Attributes:
        change (RequestStep): What happens to a request; each is a row of its log, for ever.
        party (RequestChangeParty):
        party_id (None | UUID):
        reason (None | str):
        changed_at (str):
    """

    change: RequestStep
    party: RequestChangeParty
    party_id: None | UUID
    reason: None | str
    changed_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        change = self.change.value

        party = self.party.value

        party_id: None | str
        if isinstance(self.party_id, UUID):
            party_id = str(self.party_id)
        else:
            party_id = self.party_id

        reason: None | str
        reason = self.reason

        changed_at = self.changed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "change": change,
                "party": party,
                "party_id": party_id,
                "reason": reason,
                "changed_at": changed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        change = RequestStep(d.pop("change"))

        party = RequestChangeParty(d.pop("party"))

        def _parse_party_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                party_id_type_0 = UUID(data)

                return party_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        party_id = _parse_party_id(d.pop("party_id"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        changed_at = d.pop("changed_at")

        request_change = cls(
            change=change,
            party=party,
            party_id=party_id,
            reason=reason,
            changed_at=changed_at,
        )

        request_change.additional_properties = d
        return request_change

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
