from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Consent")


@_attrs_define
class Consent:
    """How the member's consent to a purpose stands. told_by: the member, or the system or person who stated it.

    Attributes:
        purpose (str):
        given (bool):
        text_version (None | str):
        told_by (str):
        occurred_at (str):
    """

    purpose: str
    given: bool
    text_version: None | str
    told_by: str
    occurred_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        purpose = self.purpose

        given = self.given

        text_version: None | str
        text_version = self.text_version

        told_by = self.told_by

        occurred_at = self.occurred_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "purpose": purpose,
                "given": given,
                "text_version": text_version,
                "told_by": told_by,
                "occurred_at": occurred_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        purpose = d.pop("purpose")

        given = d.pop("given")

        def _parse_text_version(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        text_version = _parse_text_version(d.pop("text_version"))

        told_by = d.pop("told_by")

        occurred_at = d.pop("occurred_at")

        consent = cls(
            purpose=purpose,
            given=given,
            text_version=text_version,
            told_by=told_by,
            occurred_at=occurred_at,
        )

        consent.additional_properties = d
        return consent

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
