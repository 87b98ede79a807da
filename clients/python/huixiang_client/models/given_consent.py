from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="GivenConsent")


@_attrs_define
class GivenConsent:
    """A member consents to a purpose, having been shown a text.

    Attributes:
        purpose (str): What a member consents to, such as marketing.
        text_version (str): Which text they were shown.
    """

    purpose: str
    text_version: str

    def to_dict(self) -> dict[str, Any]:
        purpose = self.purpose

        text_version = self.text_version

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "purpose": purpose,
                "text_version": text_version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        purpose = d.pop("purpose")

        text_version = d.pop("text_version")

        given_consent = cls(
            purpose=purpose,
            text_version=text_version,
        )

        return given_consent
