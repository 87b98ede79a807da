from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="WithdrawnConsent")


@_attrs_define
class WithdrawnConsent:
    """A member consents to a purpose no more.

    Attributes:
        purpose (str): What a member consents to, such as marketing.
    """

    purpose: str

    def to_dict(self) -> dict[str, Any]:
        purpose = self.purpose

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "purpose": purpose,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        purpose = d.pop("purpose")

        withdrawn_consent = cls(
            purpose=purpose,
        )

        return withdrawn_consent
