from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewClaim")


@_attrs_define
class NewClaim:
    """A copy that a member takes themselves.

    Attributes:
        template (str): A coupon template, by its document.
    """

    template: str

    def to_dict(self) -> dict[str, Any]:
        template = self.template

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "template": template,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        template = d.pop("template")

        new_claim = cls(
            template=template,
        )

        return new_claim
